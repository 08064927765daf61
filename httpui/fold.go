package httpui

import "github.com/e-gov/tarastat/aggregate"

// sum adds up entries as one of that name.
func (b *breakdown) sum(name string, entries []entry, m measure) entry {
	out := entry{Name: name}
	var now, then aggregate.Tally
	fair := true
	for _, e := range entries {
		now, out.compared = now.Plus(e.tally()), out.compared.Plus(e.compared)
		if e.Previous != nil {
			then = then.Plus(e.Previous.tally())
		}
		fair = fair && (e.Change != nil || e.Previous == nil || m(e.Previous.tally()) == 0)
	}
	out.figures = figuresOf(now)
	out.Share = ratio(m(now), m(b.Total.tally()))
	if b.Total.Previous == nil {
		return out
	}
	f := figuresOf(then)
	out.Previous = &f
	if old := m(then); fair && old > 0 {
		change := float64(m(out.compared)-old) / float64(old)
		out.Change = &change
	}
	return out
}

// named drops the entry of events that have no such field, and what they add
// to the total: an authentication by Smart-ID is no bank's.
func (b breakdown) named(m measure) breakdown {
	out := breakdown{Total: b.Total}
	for _, e := range b.Entries {
		if e.ID != "" {
			out.Entries = append(out.Entries, e)
		}
	}
	out.Total = b.sum(b.Total.Name, out.Entries, m)
	total := m(out.Total.tally())
	out.Total.Share = ratio(total, total)
	for i := range out.Entries {
		out.Entries[i].Share = ratio(m(out.Entries[i].tally()), total)
	}
	return out
}

// fold keeps the n greatest entries and makes one of the others, so that the
// table still adds up to its total.
func (b breakdown) fold(r *request, n int, m measure) breakdown {
	if len(b.Entries) <= n+1 {
		return b
	}
	rest := b.sum(r.text.T("common.rest", int64(len(b.Entries)-n)), b.Entries[n:], m)
	rest.rest = true
	return breakdown{Entries: append(b.Entries[:n:n], rest), Total: b.Total}
}

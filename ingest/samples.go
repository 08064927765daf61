package ingest

import (
	"cmp"
	"slices"
	"strings"
	"time"
)

// Limits on what is kept of refused records.
const (
	MaxSampleKinds = 256 // pairs of class and sender; beyond it the oldest is forgotten
	MaxSamples     = 3   // texts for each pair
)

// Sample is what was refused of one sender for one reason.
type Sample struct {
	Class  string    // why, see [event.FieldError.Reason]
	Sender string    // name of the client certificate, else the address
	Count  int64     // how often
	Last   time.Time // when last
	Texts  []Text    // the latest different ones, newest first, at most MaxSamples
}

// Text is the beginning of a refused payload, masked by [event.Mask].
type Text struct {
	Masked string
	Time   time.Time // when it came last
}

type sampleKey struct{ class, sender string }

// samples is the memory behind [Ingester.Samples].
type samples struct{ kinds map[sampleKey]*Sample }

func (s *samples) add(class, sender, masked string, now time.Time) {
	key := sampleKey{class, sender}
	sample, ok := s.kinds[key]
	if !ok {
		if s.kinds == nil {
			s.kinds = make(map[sampleKey]*Sample)
		}
		if len(s.kinds) >= MaxSampleKinds {
			s.forgetOldest()
		}
		sample = &Sample{Class: class, Sender: sender}
		s.kinds[key] = sample
	}
	sample.Count++
	sample.Last = now
	// Three different texts say more than three times the same.
	sample.Texts = slices.DeleteFunc(sample.Texts, func(t Text) bool { return t.Masked == masked })
	sample.Texts = slices.Insert(sample.Texts, 0, Text{masked, now})
	sample.Texts = sample.Texts[:min(len(sample.Texts), MaxSamples)]
}

func (s *samples) forgetOldest() {
	var oldest sampleKey
	var last time.Time
	for key, sample := range s.kinds {
		if last.IsZero() || sample.Last.Before(last) {
			oldest, last = key, sample.Last
		}
	}
	delete(s.kinds, oldest)
}

// Samples returns what was refused, the latest first. At most
// [MaxSampleKinds] pairs of class and sender are remembered.
func (in *Ingester) Samples() []Sample {
	in.mu.Lock()
	defer in.mu.Unlock()
	out := make([]Sample, 0, len(in.samples.kinds))
	for _, s := range in.samples.kinds {
		c := *s
		c.Texts = slices.Clone(s.Texts)
		out = append(out, c)
	}
	slices.SortFunc(out, func(a, b Sample) int {
		return cmp.Or(
			b.Last.Compare(a.Last),
			strings.Compare(a.Class, b.Class),
			strings.Compare(a.Sender, b.Sender),
		)
	})
	return out
}

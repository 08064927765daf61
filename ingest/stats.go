package ingest

import (
	"cmp"
	"maps"
	"slices"
	"strings"
	"time"

	"github.com/e-gov/tarastat/event"
)

// Stats are the accounts since the Ingester was made. They are exact at the
// moment they are taken.
type Stats struct {
	Received  int64 // messages and frames that came in
	Stored    int64 // durable in the log base
	Rejected  int64 // malformed, sum of ByClass
	InFlight  int64 // in memory, waiting or being written
	Abandoned int64 // well-formed, but given up because the service stopped

	ByClass map[string]int64 // refusals by class
	Notes   map[string]int64 // remarks on accepted events, see [event.Notes]
	Capped  map[string]int64 // events counted under [event.Other], by kind

	Retries      int64     // failed writes
	HeldBack     int64     // events for which a sender waited for room in the queue
	LastStored   time.Time // zero when nothing was stored yet
	Failure      error     // why the log base does not take events, nil when it does
	FailingSince time.Time // zero when Failure is nil
}

// accounts is the state behind Stats; the lock of the Ingester guards it.
type accounts struct {
	received, stored, rejected, abandoned int64
	retries, held                         int64

	byClass      map[string]int64
	notes        map[string]int64
	capped       [kinds]int64 // events counted under Other
	lastStored   time.Time
	failure      error
	failingSince time.Time
	failureSaid  time.Time // in the log
}

func (a *accounts) reject(class string) {
	if a.byClass == nil {
		a.byClass = make(map[string]int64)
	}
	a.rejected++
	a.byClass[class]++
}

func (a *accounts) note(n event.Notes) {
	if n == 0 {
		return
	}
	if a.notes == nil {
		a.notes = make(map[string]int64)
	}
	for _, name := range n.Names() {
		a.notes[name]++
	}
}

// Stats returns the accounts.
func (in *Ingester) Stats() Stats {
	in.mu.Lock()
	defer in.mu.Unlock()
	a := &in.accounts
	s := Stats{
		Received:   a.received,
		Stored:     a.stored,
		Rejected:   a.rejected,
		InFlight:   int64(in.size + in.waiting),
		Abandoned:  a.abandoned,
		ByClass:    maps.Clone(a.byClass),
		Notes:      maps.Clone(a.notes),
		Capped:     make(map[string]int64),
		Retries:    a.retries,
		HeldBack:   a.held,
		LastStored: a.lastStored,
		Failure:    a.failure,
	}
	if a.failure != nil {
		s.FailingSince = a.failingSince
	}
	for k, n := range a.capped {
		if n > 0 {
			s.Capped[kindNames[k]] = n
		}
	}
	return s
}

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

package ingest

import (
	"maps"
	"slices"
	"time"
)

// Stats are the accounts since the Ingester was made. They are exact at the
// moment they are taken.
type Stats struct {
	Received  int64 // messages and frames that came in
	Stored    int64 // durable in the log base
	Rejected  int64 // malformed, sum of ByClass
	InFlight  int64 // in memory, waiting or being written
	Abandoned int64 // well-formed, but given up because the service stopped

	// ByClass are refusals by class: [event.FieldError.Reason] of records, and
	// [syslogjson.Class] of frames. A class is there from its first refusal on.
	ByClass map[string]int64
	Notes   map[string]int64 // remarks on accepted events, see [event.Notes]
	Capped  map[string]int64 // events counted under [event.Other], by kind

	Retries      int64     // failed writes
	HeldBack     int64     // events for which a sender waited for room in the queue
	LastStored   time.Time // zero when nothing was stored yet
	Failure      error     // why the log base does not take events, nil when it does
	FailingSince time.Time // zero when Failure is nil
}

// Stats returns the accounts.
func (in *Ingester) Stats() Stats {
	in.mu.Lock()
	defer in.mu.Unlock()
	s := in.stats
	s.InFlight = int64(in.size + in.waiting)
	s.ByClass = maps.Clone(s.ByClass)
	s.Notes = maps.Clone(s.Notes)
	s.Capped = maps.Clone(s.Capped)
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

// sample remembers a refused payload. The caller holds the lock.
func (in *Ingester) sample(class, sender string, text Text) {
	s := Sample{Class: class, Sender: sender}
	i := slices.IndexFunc(in.samples, func(of Sample) bool { return of.Class == class && of.Sender == sender })
	if i >= 0 {
		s = in.samples[i]
		in.samples = slices.Delete(in.samples, i, i+1)
	}
	s.Count++
	s.Last = text.Time
	// Three different texts say more than three times the same.
	s.Texts = slices.DeleteFunc(s.Texts, func(t Text) bool { return t.Masked == text.Masked })
	s.Texts = slices.Insert(s.Texts, 0, text)
	s.Texts = s.Texts[:min(len(s.Texts), MaxSamples)]
	in.samples = slices.Insert(in.samples, 0, s)
	in.samples = in.samples[:min(len(in.samples), MaxSampleKinds)]
}

// Samples returns what was refused, the latest first. At most
// [MaxSampleKinds] pairs of class and sender are remembered.
func (in *Ingester) Samples() []Sample {
	in.mu.Lock()
	defer in.mu.Unlock()
	list := slices.Clone(in.samples)
	for i := range list {
		list[i].Texts = slices.Clone(list[i].Texts)
	}
	return list
}

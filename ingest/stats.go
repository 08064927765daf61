package ingest

import (
	"maps"
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

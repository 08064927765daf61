package mongostore

import (
	"context"
	"slices"
	"time"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/logbase"
)

// deletion is a row of the audit in the base.
type deletion struct {
	ID       primitive.ObjectID `bson:"_id"`
	Period   string             `bson:"period"`
	Zone     string             `bson:"zone"` // of the period
	From     time.Time          `bson:"from"`
	To       time.Time          `bson:"to"`
	UpTo     int64              `bson:"upTo"`
	By       string             `bson:"by"`
	At       time.Time          `bson:"at"`
	Expected int64              `bson:"expected"` // records it had to remove when it began
	Records  int64              `bson:"records"`
	Done     bool               `bson:"done"`
	Writer   writer             `bson:"writer"` // who runs it
}

// period is the period as it was asked for.
func (d deletion) period(loc *time.Location) aggregate.Period {
	if zone, err := time.LoadLocation(d.Zone); err == nil {
		loc = zone
	}
	p, err := aggregate.ParsePeriod(d.Period, loc)
	if err != nil || !p.From().Equal(d.From) || !p.To().Equal(d.To) {
		p = aggregate.Between(d.From, d.To, loc)
	}
	return p
}

// Deletions returns every deletion that was ever begun, newest first. Errors
// carry ERR-02, ERR-01 or ERR-04.
func (s *Store) Deletions(ctx context.Context) ([]logbase.Deletion, error) {
	err := s.alive(ctx)
	var rows []deletion
	if err == nil {
		rows, err = s.deletions(ctx)
	}
	if err != nil {
		return nil, s.fail(ctx, logbase.ReadFailed, "deletions", err)
	}
	out := make([]logbase.Deletion, len(rows))
	for i, row := range rows {
		out[len(rows)-1-i] = logbase.Deletion{
			Period: row.period(s.opts.Location), UpTo: row.UpTo, By: row.By,
			At: row.At, Records: row.Records, Done: row.Done,
		}
	}
	return out, nil
}

// deletions reads the audit, oldest first.
func (s *Store) deletions(ctx context.Context) ([]deletion, error) {
	ctx, cancel := s.short(ctx)
	defer cancel()
	cur, err := s.audit.Find(ctx, bson.D{})
	if err != nil {
		return nil, err
	}
	var rows []deletion
	if err := cur.All(ctx, &rows); err != nil {
		return nil, err
	}
	slices.SortFunc(rows, func(a, b deletion) int { return slices.Compare(a.ID[:], b.ID[:]) })
	return rows, nil
}

package mongostore_test

import (
	"context"
	"errors"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strings"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"
	"go.mongodb.org/mongo-driver/bson"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/internal/testenv"
	"github.com/e-gov/tarastat/internal/testenv/mongotest"
	"github.com/e-gov/tarastat/logbase"
	"github.com/e-gov/tarastat/mongostore"
)

// envAppend makes the test binary an instance that appends records to the base
// it names, and lives on until it is killed.
const envAppend = "MONGOSTORE_TEST_APPEND"

// The records of that instance: the first ID, how many there are, and how many
// come at once.
const (
	childFirst  = 1_000_000
	perInstance = 2_000
	childBatch  = 250
)

func TestMain(m *testing.M) {
	if uri := os.Getenv(envAppend); uri != "" {
		appendEach(uri)
	}
	os.Exit(m.Run())
}

// appendEach appends batches and says after each, on a line, that it is kept.
func appendEach(uri string) {
	ctx := context.Background()
	s, err := mongostore.Open(ctx, uri, patient())
	if err != nil {
		panic(err)
	}
	for from := int64(childFirst); from < childFirst+perInstance; from += childBatch {
		if err := s.Append(ctx, batch(from, childBatch)); err != nil {
			panic(err)
		}
		fmt.Println("kept")
	}
	select {}
}

// TestTwoInstances: two instances take events at once; one is killed midway and
// started again. Nothing is lost or doubled, and both show the same.
func TestTwoInstances(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	uri := mongotest.URI(t)
	s := open(t, uri, patient())
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), envAppend+"="+uri)
	other := testenv.Start(t, cmd)

	is.NoErr(s.Append(t.Context(), batch(1, perInstance/2)))
	retry(t, func() error {
		if n := strings.Count(other.Output(), "kept\n"); n*childBatch <= perInstance/2 {
			return fmt.Errorf("the other instance has kept %d batches", n)
		}
		return nil
	})
	_ = other.Kill() // in the middle of a batch, most likely

	// Started again, it hands over what it had not been told was kept, and
	// some more.
	again := open(t, uri, patient())
	wantLanes(t, s, again)
	is.NoErr(again.Append(t.Context(), batch(childFirst, perInstance)))
	is.NoErr(s.Append(t.Context(), batch(perInstance/2+1, perInstance/2)))

	want := append(batch(1, perInstance), batch(childFirst, perInstance)...)
	wantRows(t, s, want)
	wantRows(t, again, want)
	b, err := s.Bounds(t.Context())
	is.NoErr(err)
	is.Equal(b.Records, int64(2*perInstance))

	// A deletion at one shows at the other.
	day := parse(t, "2018-04-02")
	x, err := again.Extent(t.Context(), day)
	is.NoErr(err)
	n, err := again.Delete(t.Context(), logbase.Deletion{Period: day, UpTo: x.UpTo})
	is.NoErr(err)
	is.Equal(n, int64(2*perInstance/4))
	want = slices.DeleteFunc(want, func(r logbase.Record) bool { return day.Contains(r.Time) })
	got, err := again.Sums(t.Context(), everything())
	is.NoErr(err)
	is.Equal(cmp.Diff(rows(want), got), "") // at once where it was done
	wantRows(t, s, want)
}

// wantRows waits until a store shows these records: it may be some polls behind.
func wantRows(t *testing.T, s *mongostore.Store, kept []logbase.Record) {
	t.Helper()
	want := rows(kept)
	retry(t, func() error {
		got, err := s.Sums(t.Context(), everything())
		if diff := cmp.Diff(want, got); err == nil && diff != "" {
			err = fmt.Errorf("(-want +got):\n%s", diff)
		}
		return err
	})
}

// quick are the options of an instance that takes little time to find another
// silent.
func quick() mongostore.Options {
	o := patient()
	o.Poll = 20 * time.Millisecond
	return o
}

// killed is one instance that is killed while it does something, time and
// again, and another that must always show exactly the records there are.
type killed struct {
	*testing.T
	uri     string
	witness *mongostore.Store
	kept    []logbase.Record
	next    int64 // ID
}

// fresh are records of two days.
func (k *killed) fresh(n int) []logbase.Record {
	b := make([]logbase.Record, n)
	for i := range b {
		b[i] = record(k.next)
		k.next += 2
	}
	return b
}

func (k *killed) append(ctx context.Context, s *mongostore.Store) error {
	b := k.fresh(8)
	k.kept = append(k.kept, b...)
	err := s.Append(ctx, b)
	if err != nil { // as whoever starts in its place does
		retry(k.T, func() error { return k.witness.Append(k.Context(), b) })
	}
	return err
}

func (*killed) close(_ context.Context, s *mongostore.Store) error { return s.Close() }

func (k *killed) recount(ctx context.Context, s *mongostore.Store) error {
	_, err := s.Recount(ctx, aggregate.Period{})
	return err
}

func (k *killed) adopt(ctx context.Context, s *mongostore.Store) error {
	r := k.fresh(1)[0]
	k.kept = append(k.kept, r)
	_, err := shell(k.T, k.uri).InsertOne(k.Context(), bson.D{
		{Key: "_id", Value: r.ID},
		{Key: "time", Value: r.TimeText},
		{Key: "clientId", Value: r.ClientID},
		{Key: "method", Value: r.Method},
		{Key: "operation", Value: "START_AUTH"},
	})
	if err != nil {
		k.Fatal(err)
	}
	if err = k.recount(ctx, s); err != nil { // the other would find it with its next check
		retry(k.T, func() error { return k.recount(k.Context(), k.witness) })
	}
	return err
}

func (k *killed) delete(ctx context.Context, s *mongostore.Store) error {
	d := logbase.Deletion{Period: parse(k.T, "2018-04-02"), UpTo: k.next, By: fmt.Sprint(k.next)}
	_, err := s.Delete(ctx, d)
	begun := false
	retry(k.T, func() error { // if it was begun, the other ends it
		rows, err := k.witness.Deletions(k.Context())
		if begun = len(rows) > 0 && rows[0].By == d.By; begun && !rows[0].Done {
			return errors.New("not done")
		}
		return err
	})
	if begun {
		k.kept = slices.DeleteFunc(k.kept, func(r logbase.Record) bool { return d.Period.Contains(r.Time) })
	}
	return err
}

// TestKilledAtEveryStep kills an instance with each request that it makes to
// the server, done but unheard, while it appends, closes, recounts, adopts and
// deletes. The other instance ends what it left.
func TestKilledAtEveryStep(t *testing.T) {
	t.Parallel()
	server := mongotest.Start(t).URI
	for name, step := range map[string]func(*killed, context.Context, *mongostore.Store) error{
		"append": (*killed).append, "close": (*killed).close, "recount": (*killed).recount,
		"adopt": (*killed).adopt, "delete": (*killed).delete,
	} {
		t.Run(name, func(t *testing.T) {
			t.Parallel()
			k := &killed{T: t, uri: mongotest.Named(t, server, t.Name()), next: 1}
			k.witness = open(t, k.uri, quick())
			o := patient()
			o.Poll = time.Hour // nothing of its own accord
			for _, requests := range []int{0, 1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 11, 12, 16, 1000} {
				line := newLine(t, k.uri)
				victim := open(t, line.uri+"?serverSelectionTimeoutMS=300", o)
				before := k.fresh(6) // so that it has something open
				if err := victim.Append(t.Context(), before); err != nil {
					t.Fatal(err)
				}
				k.kept = append(k.kept, before...)
				ctx, cut := context.WithCancel(t.Context())
				line.cutAfter(requests, cut)
				err := step(k, ctx, victim)
				cut()
				victim.Abandon()
				wantRows(t, k.witness, k.kept)
				if err == nil {
					break
				}
				if requests == 1000 {
					t.Error(err)
				}
			}
			wantSums(t, open(t, k.uri, quick()), k.kept)
		})
	}
}

// TestCrash: an instance dies with sums unpublished. The next that is opened
// counts them before it answers.
func TestCrash(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	uri := mongotest.URI(t)
	s := open(t, uri, patient())
	var kept []logbase.Record
	for n := range int64(5) {
		b := batch(n*100+1, 100)
		is.NoErr(s.Append(t.Context(), b))
		kept = append(kept, b...)
		s.Abandon()
		s = open(t, uri, patient())
		wantSums(t, s, kept)
		ids, err := s.IDs(t.Context())
		is.NoErr(err)
		is.Equal(ids.Last, int64(len(kept)))
	}
}

// TestFrozen: an instance hears nothing for so long that another ends what it
// left. When it comes back it notices, and both show the same again.
func TestFrozen(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	uri := mongotest.URI(t)
	line := newLine(t, uri)
	o := quick()
	o.Timeout = mongostore.DefaultTimeout
	frozen := open(t, line.uri, o)
	is.NoErr(frozen.Append(t.Context(), batch(1, 200)))
	line.deaf.Store(true)
	lost := batch(201, 50)
	is.Equal(code(t, frozen.Append(t.Context(), lost)), logbase.CodeUnreachable)

	other := open(t, uri, quick())
	is.NoErr(other.Append(t.Context(), batch(1001, 200)))
	want := append(batch(1, 200), batch(1001, 200)...)
	retry(t, func() error { return other.Append(t.Context(), lost) }) // somebody hands it over again
	want = append(want, lost...)
	wantRows(t, other, want)
	wantLanes(t, other)
	line.deaf.Store(false)

	b := batch(2001, 200)
	retry(t, func() error { return frozen.Append(t.Context(), append(lost, b...)) })
	want = append(want, b...)
	wantRows(t, frozen, want)
	wantRows(t, other, want)
	wantLanes(t, frozen, other)
}

// wantLanes wants the ids of each store to be in a lane of its own, and to stay
// there.
func wantLanes(t *testing.T, stores ...*mongostore.Store) {
	t.Helper()
	taken := make(map[int]bool)
	for _, s := range stores {
		var first, again logbase.IDs
		retry(t, func() (err error) { first, err = s.IDs(t.Context()); return err })
		retry(t, func() (err error) { again, err = s.IDs(t.Context()); return err })
		if again.Lane != first.Lane || taken[first.Lane] {
			t.Fatalf("lane %d, then %d; taken are %v", first.Lane, again.Lane, taken)
		}
		taken[first.Lane] = true
	}
}

// TestLanes: a lane that was given back, or whose lease ended, is given again;
// one that is held is not.
func TestLanes(t *testing.T) {
	t.Parallel()
	is := is.New(t)
	uri := mongotest.URI(t)
	lanes := shell(t, uri).Database().Collection("tarastat_lanes")
	a, b := open(t, uri, patient()), open(t, uri, patient())
	wantLanes(t, a, b)
	before, err := a.IDs(t.Context())
	is.NoErr(err)
	is.NoErr(a.Close())
	a = open(t, uri, patient())
	wantLanes(t, a, b)
	after, err := a.IDs(t.Context())
	is.NoErr(err)
	is.Equal(after.Lane, before.Lane)

	b.Abandon() // it keeps its lane until the lease ends
	c := open(t, uri, patient())
	wantLanes(t, a, c)
	n, err := lanes.CountDocuments(t.Context(), bson.D{})
	is.NoErr(err)
	is.Equal(n, int64(3))
	_, err = lanes.UpdateMany(t.Context(), bson.D{}, bson.D{{Key: "$set", Value: bson.D{{Key: "until", Value: time.Unix(0, 0)}}}})
	is.NoErr(err)
	wantLanes(t, open(t, uri, patient()))
	n, err = lanes.CountDocuments(t.Context(), bson.D{})
	is.NoErr(err)
	is.Equal(n, int64(3))
}

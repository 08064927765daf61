package mongostore_test

import (
	"bufio"
	"context"
	"fmt"
	"os"
	"os/exec"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/internal/testenv/mongotest"
	"github.com/e-gov/tarastat/logbase"
	"github.com/e-gov/tarastat/mongostore"
)

// envAppend makes the test binary an instance that appends records to the base
// it names, as long as it lives.
const envAppend = "MONGOSTORE_TEST_APPEND"

// envFrom is the first ID it gives.
const envFrom = "MONGOSTORE_TEST_FROM"

func TestMain(m *testing.M) {
	if uri := os.Getenv(envAppend); uri != "" {
		appendForever(uri, os.Getenv(envFrom))
	}
	os.Exit(m.Run())
}

// appendForever appends batches and says after each, on a line, up to which ID
// all is kept.
func appendForever(uri, first string) {
	ctx := context.Background()
	s, err := mongostore.Open(ctx, uri, patient())
	if err != nil {
		panic(err)
	}
	from, err := strconv.ParseInt(first, 10, 64)
	if err != nil {
		panic(err)
	}
	for ; ; from += 250 {
		if err := s.Append(ctx, batch(from, 250)); err != nil {
			panic(err)
		}
		fmt.Println(from + 250 - 1)
	}
}

// child is an instance in a process of its own.
type child struct {
	cmd   *exec.Cmd
	lines *bufio.Scanner
}

func startChild(t *testing.T, uri string, from int64) *child {
	t.Helper()
	cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^$")
	cmd.Env = append(os.Environ(), envAppend+"="+uri, envFrom+"="+strconv.FormatInt(from, 10))
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	return &child{cmd, bufio.NewScanner(out)}
}

// await returns when the child has kept everything up to an ID.
func (c *child) await(t *testing.T, id int64) {
	t.Helper()
	for c.lines.Scan() {
		if n, err := strconv.ParseInt(strings.TrimSpace(c.lines.Text()), 10, 64); err == nil && n >= id {
			return
		}
	}
	t.Fatal("the other instance ended")
}

func (c *child) kill(t *testing.T) {
	t.Helper()
	if err := c.cmd.Process.Kill(); err != nil {
		t.Fatal(err)
	}
	_ = c.cmd.Wait() // a killed process is no success
}

// TestTwoInstances: two instances take 10,000 events each; one is killed midway
// and started again. Nothing is lost or doubled, and both show the same.
func TestTwoInstances(t *testing.T) {
	const each, second = 10_000, 1_000_000
	is := is.New(t)
	uri := mongotest.URI(t)
	s := open(t, uri, patient())
	other := startChild(t, uri, second)

	is.NoErr(s.Append(t.Context(), batch(1, each/2)))
	other.await(t, second+each/2)
	other.kill(t) // in the middle of a batch, most likely

	// Started again, it hands over what it had not been told was kept, and
	// some more.
	again := open(t, uri, patient())
	is.True(again.Instance() != s.Instance())
	is.NoErr(again.Append(t.Context(), batch(second, each)))
	is.NoErr(s.Append(t.Context(), batch(each/2+1, each/2)))

	want := aggregate.Count(events(append(batch(1, each), batch(second, each)...)), everything())
	wantRows(t, s, want)
	wantRows(t, again, want)
	b, err := s.Bounds(t.Context())
	is.NoErr(err)
	is.Equal(b.Records, int64(2*each))
	wrong, err := again.Mismatches(t.Context())
	is.NoErr(err)
	is.Equal(len(wrong), 0)

	// A deletion at one shows at the other.
	x, err := again.Extent(t.Context(), parse(t, "2018-04-02"))
	is.NoErr(err)
	n, err := again.Delete(t.Context(), logbase.Deletion{Period: parse(t, "2018-04-02"), UpTo: x.UpTo})
	is.NoErr(err)
	is.Equal(n, int64(2*each/4))
	want = slices.DeleteFunc(want, func(r aggregate.Row) bool { return r.Start.Day() == 2 })
	got, err := again.Sums(t.Context(), everything())
	is.NoErr(err)
	is.Equal(cmp.Diff(want, got), "") // at once where it was done
	wantRows(t, s, want)
}

func events(records []logbase.Record) func(func(event.Event) bool) {
	return func(yield func(event.Event) bool) {
		for _, r := range records {
			if !yield(r.Event) {
				return
			}
		}
	}
}

// wantRows waits until a store shows what it must: it may be some polls behind.
func wantRows(t *testing.T, s *mongostore.Store, want []aggregate.Row) {
	t.Helper()
	retry(t, func() error {
		got, err := s.Sums(t.Context(), everything())
		if diff := cmp.Diff(want, got); err == nil && diff != "" {
			err = fmt.Errorf("(-want +got):\n%s", diff)
		}
		return err
	})
}

// TestCrash: an instance dies with sums unpublished. The next that is opened
// counts them before it answers.
func TestCrash(t *testing.T) {
	is := is.New(t)
	uri := mongotest.URI(t)
	o := patient()
	s := open(t, uri, o)
	var kept []logbase.Record
	for n := range int64(5) {
		b := batch(n*100+1, 100)
		is.NoErr(s.Append(t.Context(), b))
		kept = append(kept, b...)
		s.Abandon()
		s = open(t, uri, o)
		wantSums(t, s, kept)
		ids, err := s.IDs(t.Context())
		is.NoErr(err)
		is.Equal(ids.Last, int64(len(kept)))
	}
}

// TestTakenForDead: an instance that was stopped for a while, so that another
// took over its days, notices and goes on under a new name. Its number stays.
func TestTakenForDead(t *testing.T) {
	is := is.New(t)
	server := mongotest.Start(t)
	line := newLine(t, server.URI)
	o := patient()
	o.Timeout = mongostore.DefaultTimeout
	stopped := open(t, line.uri, o)
	number := stopped.Instance()
	is.NoErr(stopped.Append(t.Context(), batch(1, 200)))
	line.deaf.Store(true)

	other := open(t, server.URI, patient())
	is.NoErr(other.Append(t.Context(), batch(1001, 200)))
	want := append(batch(1, 200), batch(1001, 200)...)
	wantRows(t, other, aggregate.Count(events(want), everything())) // once the other is taken for dead
	line.deaf.Store(false)

	b := batch(2001, 200)
	retry(t, func() error { return stopped.Append(t.Context(), b) })
	want = append(want, b...)
	rows := aggregate.Count(events(want), everything())
	wantRows(t, stopped, rows)
	wantRows(t, other, rows)
	is.Equal(stopped.Instance(), number)
	is.True(other.Instance() != number)
}

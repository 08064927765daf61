package sqlitestore_test

import (
	"bufio"
	"context"
	"errors"
	"fmt"
	"io"
	"os"
	"os/exec"
	"strconv"
	"testing"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/logbase"
	"github.com/e-gov/tarastat/sqlitestore"
)

// childMode names what the test binary is to do instead of testing, when it is
// started by a test as a process that can be killed.
const childMode = "SQLITESTORE_TEST_CHILD"

// childModes are what a child may do with the file at a path.
var childModes = map[string]func(path string) error{
	"append": appendForEver,
	"delete": deleteSlowly,
	"hold":   holdOpen,
}

func TestMain(m *testing.M) {
	mode := os.Getenv(childMode)
	if mode == "" {
		os.Exit(m.Run())
	}
	run, known := childModes[mode]
	if !known {
		panic("unknown mode " + mode)
	}
	if err := run(os.Args[1]); err != nil {
		fmt.Println("child:", err)
		os.Exit(1)
	}
}

// child is a process of this test binary in some mode.
type child struct {
	t   *testing.T
	cmd *exec.Cmd
	out *bufio.Scanner
}

func start(t *testing.T, mode, path string) *child {
	t.Helper()
	exe, err := os.Executable()
	if err != nil {
		t.Fatal(err)
	}
	cmd := exec.CommandContext(t.Context(), exe, path)
	cmd.Env = append(os.Environ(), childMode+"="+mode)
	cmd.Stderr = os.Stderr
	out, err := cmd.StdoutPipe()
	if err != nil {
		t.Fatal(err)
	}
	if err := cmd.Start(); err != nil {
		t.Fatal(err)
	}
	c := &child{t, cmd, bufio.NewScanner(out)}
	t.Cleanup(func() { c.kill() })
	return c
}

// kill ends the child with SIGKILL, and returns what it had printed before.
func (c *child) kill() (printed []string) {
	_ = c.cmd.Process.Kill() // it may have ended
	for c.out.Scan() {
		printed = append(printed, c.out.Text())
	}
	_ = c.cmd.Wait()
	return printed
}

// batchSize is how many records children append at once.
const batchSize = 100

// numbered returns the records from ID first on. What a record holds follows
// from its ID, so that any process knows what another one wrote.
func numbered(first int64, n int) []logbase.Record {
	records := make([]logbase.Record, n)
	start := time.Date(2018, 4, 1, 0, 0, 0, 0, event.DefaultLocation())
	for i := range records {
		id := first + int64(i)
		t := start.Add(time.Duration(id) * 97 * time.Second)
		records[i] = logbase.Record{ID: id, Event: event.Event{
			Time: t, TimeText: t.Format("2006-01-02T15:04:05"),
			ClientID: "client-" + strconv.FormatInt(id%7, 10), Method: event.MethodIDCard, Operation: event.OpStart,
		}}
	}
	return records
}

// appendForEver goes on where the file ends, and prints the last ID of every
// batch once it is kept.
func appendForEver(path string) error {
	ctx := context.Background()
	s, err := sqlitestore.Open(ctx, path, sqlitestore.Options{})
	if err != nil {
		return err
	}
	ids, err := s.IDs(ctx)
	last := ids.Last
	for err == nil {
		if err = s.Append(ctx, numbered(last+1, batchSize)); err == nil {
			last += batchSize
			fmt.Println(last)
		}
	}
	return err
}

// doomed is the period that children delete.
const doomed = "2018-04-02T05/2018-04-04"

// deleteSlowly deletes a period in small steps, and says when it begins.
func deleteSlowly(path string) error {
	ctx := context.Background()
	s, err := sqlitestore.Open(ctx, path, sqlitestore.Options{}.WithDeletions(30, time.Millisecond))
	if err != nil {
		return err
	}
	p, err := aggregate.ParsePeriod(doomed, nil)
	if err != nil {
		return err
	}
	ids, err := s.IDs(ctx)
	if err != nil {
		return err
	}
	fmt.Println("begin")
	n, err := s.Delete(ctx, logbase.Deletion{Period: p, UpTo: ids.Last - batchSize, By: "child"})
	fmt.Println("removed", n)
	return err
}

// holdOpen keeps the file open until its input ends.
func holdOpen(path string) error {
	s, err := sqlitestore.Open(context.Background(), path, sqlitestore.Options{})
	if err != nil {
		return err
	}
	fmt.Println("open")
	_, err = io.Copy(io.Discard, os.Stdin)
	return errors.Join(err, s.Close())
}

package logbasetest_test

import (
	"os"
	"os/exec"
	"sync"
	"testing"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/logbase"
	"github.com/e-gov/tarastat/logbase/logbasetest"
)

// memories are bases by name, so that one is opened again under its name.
type memories struct{ sync.Map }

func (m *memories) open(name string) *logbase.Memory {
	base, _ := m.LoadOrStore(name, new(logbase.Memory))
	return base.(*logbase.Memory).Reopen()
}

func runAppender(t *testing.T, alter func(*altered)) {
	t.Helper()
	var bases memories
	logbasetest.RunAppender(t, func(t *testing.T, name string) (logbasetest.Appender, func() ([]logbase.Record, error)) {
		t.Helper()
		base := bases.open(name)
		a := &altered{Store: base}
		alter(a)
		return a, func() (list []logbase.Record, err error) {
			for r, err := range base.Records(t.Context(), aggregate.Period{}) {
				if err != nil {
					return nil, err
				}
				list = append(list, r)
			}
			return list, nil
		}
	}, logbasetest.Options{Events: 200})
}

func runSource(t *testing.T, alter func(*altered)) {
	t.Helper()
	logbasetest.RunSource(t, func(t *testing.T, records []logbase.Record) logbasetest.Source {
		t.Helper()
		base := new(logbase.Memory)
		if err := base.Append(t.Context(), records); err != nil {
			t.Fatal(err)
		}
		a := &altered{Store: base}
		alter(a)
		return a
	}, logbasetest.Options{Events: 200})
}

func nothing(*altered) {}

func TestRunAppender(t *testing.T) { runAppender(t, nothing) }

func TestRunSource(t *testing.T) { runSource(t, nothing) }

// TestPartsFindFaults runs the parts of the suite on stores that are wrong, in a
// process of its own for each, since they fail.
func TestPartsFindFaults(t *testing.T) {
	parts := map[string]struct {
		run   func(*testing.T, func(*altered))
		alter func(*altered)
	}{
		"batches are changed":   {runAppender, changesBatch},
		"IDs are not looked at": {runAppender, takesAnyID},
		"batches are lost":      {runAppender, unlocked},
		"filters are ignored":   {runSource, ignoresFilter},
		"rows are unsorted":     {runSource, unsorted},
	}
	const variable = "LOGBASETEST_PART"
	if name, child := os.LookupEnv(variable); child {
		parts[name].run(t, parts[name].alter)
		return
	}
	for name := range parts {
		t.Run(name, func(t *testing.T) {
			cmd := exec.CommandContext(t.Context(), os.Args[0], "-test.run=^TestPartsFindFaults$", "-test.failfast")
			cmd.Env = append(os.Environ(), variable+"="+name)
			if out, err := cmd.CombinedOutput(); err == nil {
				t.Errorf("nothing was found\n%s", out)
			}
		})
	}
}

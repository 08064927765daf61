package daemon_test

import (
	"flag"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/e-gov/tarastat/internal/daemon"
)

func settings(t *testing.T, file string, environ, args []string) (daemon.Config, error) {
	t.Helper()
	cfg := daemon.Defaults()
	fs := flag.NewFlagSet("test", flag.ContinueOnError)
	cfg.Flags(fs)
	if err := fs.Parse(args); err != nil {
		t.Fatal(err)
	}
	name := ""
	if file != "" {
		name = filepath.Join(t.TempDir(), "tarastat.env")
		if err := os.WriteFile(name, []byte(file), 0o600); err != nil {
			t.Fatal(err)
		}
	}
	return cfg, daemon.Fill(fs, environ, name)
}

// TestEverySettingWorksInAllThreePlaces gives each setting a value in the file,
// in the environment and as a flag, and wants the nearest one to win.
func TestEverySettingWorksInAllThreePlaces(t *testing.T) {
	fs := flag.NewFlagSet("names", flag.ContinueOnError)
	cfg := daemon.Defaults()
	cfg.Flags(fs)
	fs.VisitAll(func(f *flag.Flag) {
		values := [3]string{"one", "two", "three"}
		switch f.Value.(flag.Getter).Get().(type) {
		case bool:
			values = [3]string{"true", "false", "true"}
		case int:
			values = [3]string{"1", "2", "3"}
		case string:
		default:
			values = [3]string{"1s", "2s", "3s"}
		}
		env := daemon.EnvPrefix + strings.ToUpper(strings.ReplaceAll(f.Name, "-", "_"))
		want := func(value string, got daemon.Config, err error) {
			t.Helper()
			expected := daemon.Defaults()
			fs := flag.NewFlagSet("want", flag.ContinueOnError)
			expected.Flags(fs)
			if err == nil {
				err = fs.Set(f.Name, value)
			}
			if err != nil {
				t.Fatal(err)
			}
			if d := cmp.Diff(expected, got); d != "" {
				t.Errorf("%s: %s", f.Name, d)
			}
		}
		file := "# a comment\n\n" + env + " = \"" + values[0] + "\"\n"
		got, err := settings(t, file, nil, nil)
		want(values[0], got, err)
		got, err = settings(t, file, []string{"PATH=/bin", env + "=" + values[1]}, nil)
		want(values[1], got, err)
		got, err = settings(t, file, []string{env + "=" + values[1]}, []string{"-" + f.Name + "=" + values[2]})
		want(values[2], got, err)
	})
}

func TestFillSaysWhatIsWrong(t *testing.T) {
	is := is.New(t)
	_, err := settings(t, "", []string{"TARASTAT_MAX_CONNS=many"}, nil)
	is.True(strings.Contains(err.Error(), "TARASTAT_MAX_CONNS"))
	_, err = settings(t, "TARASTAT_ZONE=Europe/Tallinn\nnonsense\n", nil, nil)
	is.True(strings.Contains(err.Error(), "line 2"))
	_, err = settings(t, "", []string{"TARASTAT_UNKNOWN=1"}, nil)
	is.NoErr(err) // the environment may hold what is not ours
}

func TestParse(t *testing.T) {
	is := is.New(t)
	cfg := daemon.Defaults()
	_, err := cfg.Parse()
	is.NoErr(err)
	for name, spoil := range map[string]func(*daemon.Config){
		"-data-dir":    func(c *daemon.Config) { c.DataDir = "" },
		"-zone":        func(c *daemon.Config) { c.Zone = "Local" },
		"-syslog-key":  func(c *daemon.Config) { c.SyslogCert = "x" },
		"-http-key":    func(c *daemon.Config) { c.HTTPKey = "x" },
		"-syslog-addr": func(c *daemon.Config) { c.SyslogAddr = "6514" },
		"-http-addr":   func(c *daemon.Config) { c.HTTPAddr = "" },
		"-max-queue":   func(c *daemon.Config) { c.MaxQueue = 0 },
		"-max-delay":   func(c *daemon.Config) { c.MaxDelay = 0 },
		"-log-level":   func(c *daemon.Config) { c.LogLevel = "loud" },
		"-log-format":  func(c *daemon.Config) { c.LogFormat = "xml" },
		"-store":       func(c *daemon.Config) { c.Store = "postgres://user:hunter2@host/" },
	} {
		cfg := daemon.Defaults()
		spoil(&cfg)
		_, err := cfg.Parse()
		if err == nil || !strings.Contains(err.Error(), name) {
			t.Errorf("%s: got %v", name, err)
		}
		is.True(err == nil || !strings.Contains(err.Error(), "hunter2"))
	}
}

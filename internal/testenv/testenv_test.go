package testenv_test

import (
	"os/exec"
	"strings"
	"testing"

	"github.com/matryer/is"

	"github.com/e-gov/tarastat/internal/testenv"
)

// The folder is the one that scripts/setup.sh fills and the Makefile names.
func TestCache(t *testing.T) {
	for want, env := range map[string][3]string{
		"/own":                  {"/own", "/xdg", "/home"},
		"/xdg/tarastat":         {"", "/xdg", "/home"},
		"/home/.cache/tarastat": {"", "", "/home"},
	} {
		is := is.New(t)
		for i, name := range []string{"TARASTAT_CACHE", "XDG_CACHE_HOME", "HOME"} {
			t.Setenv(name, env[i])
		}
		got, err := testenv.Cache()
		is.NoErr(err)
		is.Equal(got, want)
		script, err := exec.Command("sh", "-c", `eval "$(grep ^cache= ../../scripts/setup.sh)"; echo "$cache"`).Output()
		is.NoErr(err)
		is.Equal(strings.TrimSpace(string(script)), want)
	}
}

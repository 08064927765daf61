package acceptance_test

import (
	"os"
	"path/filepath"
	"testing"

	"github.com/rogpeppe/go-internal/testscript"

	"github.com/e-gov/tarastat/internal/testenv/service"
)

// What a subcommand says and how it exits is in the scripts. What the service
// does is tested in internal/daemon.
func TestScript(t *testing.T) {
	path := filepath.Dir(service.Command(t).Path) + string(os.PathListSeparator) + os.Getenv("PATH")
	testscript.Run(t, testscript.Params{
		Dir: "testdata/script", RequireExplicitExec: true,
		Setup: func(e *testscript.Env) error {
			e.Setenv("PATH", path)
			return nil
		},
	})
}

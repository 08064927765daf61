package main

import (
	"bytes"
	"os"
	"path/filepath"
	"strings"
	"testing"

	"github.com/matryer/is"
)

func TestRun(t *testing.T) {
	const (
		pass  = "package a\nimport \"testing\"\nfunc TestA(t *testing.T) { t.Log(\"quiet\"); t.Run(\"b\", func(t *testing.T) {}) }\n"
		fail  = "package a\nimport \"testing\"\nfunc TestA(t *testing.T) { t.Log(\"first\"); t.Error(\"second\") }\nfunc TestB(t *testing.T) { t.Log(\"quiet\") }\n"
		skip  = "package a\nimport \"testing\"\nfunc TestA(t *testing.T) { t.Skip(\"not here\") }\nfunc TestB(t *testing.T) {}\n"
		exit  = "package a\nimport (\"os\"; \"testing\")\nfunc TestA(t *testing.T) { os.Exit(3) }\n"
		broke = "package a\nfunc TestA( {\n"
	)
	tests := []struct {
		name, source, ci string
		ok               bool
		says             []string
		last             string
	}{
		{"pass", pass, "true", true, []string{"ok "}, "2 passed, 0 failed, 0 skipped"},
		{"fail", fail, "", false, []string{"first", "second"}, "1 passed, 1 failed, 0 skipped"},
		{"skip", skip, "", true, []string{"skipped: m TestA"}, "1 passed, 0 failed, 1 skipped"},
		{"skip in CI", skip, "true", false, []string{"a skipped test is a failure"}, "1 passed, 0 failed, 1 skipped"},
		{"exit", exit, "", false, []string{"FAIL\tm"}, "0 passed, 1 failed, 0 skipped"},
		{"broken", broke, "", false, []string{"expected"}, "0 passed, 1 failed, 0 skipped"},
		{"no test", "package a\n", "", false, nil, "0 passed, 0 failed, 0 skipped"},
	}
	for _, tt := range tests {
		t.Run(tt.name, func(t *testing.T) {
			is := is.New(t)
			t.Setenv("CI", tt.ci)
			out, ok := runIn(t, map[string]string{"go.mod": "module m\n", "a_test.go": tt.source})
			is.Equal(ok, tt.ok)
			for _, s := range tt.says {
				if !strings.Contains(out, s) {
					t.Errorf("output has no %q:\n%s", s, out)
				}
			}
			is.True(!strings.Contains(out, "quiet")) // what passed is not shown
			lines := strings.Split(strings.TrimSpace(out), "\n")
			is.Equal(lines[len(lines)-1], tt.last)
		})
	}
}

// A module inside the module is tested too, and its failure counts.
func TestRunNestedModule(t *testing.T) {
	is := is.New(t)
	t.Setenv("CI", "")
	out, ok := runIn(t, map[string]string{
		"go.mod":          "module m\n",
		"a_test.go":       "package a\nimport \"testing\"\nfunc TestA(t *testing.T) {}\n",
		"in/go.mod":       "module n\n",
		"in/a_test.go":    "package a\nimport \"testing\"\nfunc TestA(t *testing.T) { t.Fail() }\n",
		"testdata/go.mod": "module ignored\n",
	})
	is.True(!ok)
	is.True(strings.HasSuffix(out, "1 passed, 1 failed, 0 skipped\n"))
}

func runIn(t *testing.T, files map[string]string) (out string, ok bool) {
	t.Helper()
	is := is.New(t)
	root := t.TempDir()
	for name, text := range files {
		path := filepath.Join(root, name)
		is.NoErr(os.MkdirAll(filepath.Dir(path), 0o755))
		is.NoErr(os.WriteFile(path, []byte(text), 0o600))
	}
	var b bytes.Buffer
	ok, err := run(t.Context(), root, []string{"./..."}, &b)
	is.NoErr(err)
	return b.String(), ok
}

package importer_test

import (
	"os"
	"os/exec"
	"path/filepath"
	"slices"
	"strings"
	"testing"

	"github.com/matryer/is"
	"golang.org/x/mod/module"
	modzip "golang.org/x/mod/zip"
)

const (
	path    = "github.com/e-gov/tarastat"
	version = "v0.0.1" // in a module cache of the test's own
	root    = "../../.."
)

// importer is a module of somebody else.
type importer struct {
	t   *testing.T
	dir string
	env []string
}

// newImporter returns a module that requires nothing yet, beside a proxy that has
// this module as it stands here. All other modules come from the module cache, or
// where they usually come from.
func newImporter(t *testing.T) *importer {
	t.Helper()
	is := is.New(t)
	proxy := t.TempDir()
	at := filepath.Join(proxy, path, "@v")
	is.NoErr(os.MkdirAll(at, 0o700))
	mod, err := os.ReadFile(filepath.Join(root, "go.mod"))
	is.NoErr(err)
	pack, err := os.Create(filepath.Join(at, version+".zip"))
	is.NoErr(err)
	is.NoErr(modzip.CreateFromDir(pack, module.Version{Path: path, Version: version}, root))
	is.NoErr(pack.Close())
	for name, text := range map[string]string{"list": version + "\n", version + ".info": `{"Version":"` + version + `"}`, version + ".mod": string(mod)} {
		is.NoErr(os.WriteFile(filepath.Join(at, name), []byte(text), 0o600))
	}
	out, err := exec.Command("go", "env", "GOMODCACHE", "GOPROXY").Output()
	is.NoErr(err)
	cache, others, _ := strings.Cut(strings.TrimSpace(string(out)), "\n")
	m := &importer{t: t, dir: t.TempDir(), env: append(os.Environ(),
		"GOPROXY=file://"+proxy+",file://"+cache+"/cache/download,"+others,
		"GOMODCACHE="+t.TempDir(), "GONOSUMDB="+path, "GOWORK=off",
		// With -trimpath what was built stays in the cache of builds for other runs.
		"GOFLAGS=-mod=mod -modcacherw -trimpath -buildvcs=false",
	)}
	m.write("go.mod", "module example.com/importer\n\ngo 1.21\n") // raised to what our go.mod asks for
	return m
}

func (m *importer) write(name, text string) {
	m.t.Helper()
	name = filepath.Join(m.dir, name)
	is.New(m.t).NoErr(os.MkdirAll(filepath.Dir(name), 0o700))
	is.New(m.t).NoErr(os.WriteFile(name, []byte(text), 0o600))
}

// run runs the go command in the module and returns what it writes.
func (m *importer) run(args ...string) string {
	m.t.Helper()
	c := exec.CommandContext(m.t.Context(), "go", args...)
	c.Dir, c.Env = m.dir, m.env
	var said strings.Builder
	c.Stderr = &said
	out, err := c.Output()
	if err != nil {
		m.t.Fatalf("go %s: %v\n%s%s", strings.Join(args, " "), err, out, &said)
	}
	return string(out)
}

// TestPrograms runs the programs of a stranger. Each folder of testdata/scratch
// is one; the log base of one's own is that of the examples, which are run as they
// come with the pack.
func TestPrograms(t *testing.T) {
	m := newImporter(t)
	is.New(t).NoErr(os.CopyFS(m.dir, os.DirFS("testdata/scratch")))
	m.run("get", path+"@"+version)
	m.run("vet", "./...")
	m.run(append(append([]string{"test"}, race(t)...), "./...", path+"/examples/...")...)
}

// race is the flag of the race detector, where there is a C compiler.
func race(t *testing.T) []string {
	t.Helper()
	if out, err := exec.Command("go", "env", "CGO_ENABLED").Output(); err != nil || strings.TrimSpace(string(out)) != "1" {
		return nil
	}
	return []string{"-race"}
}

// packages are all that are made for somebody else to import.
func (m *importer) packages() []string {
	m.t.Helper()
	var all []string
	for p := range strings.FieldsSeq(m.run("list", "-f", "{{if ne .Name \"main\"}}{{.ImportPath}}{{end}}", path+"/...")) {
		if !strings.Contains(p+"/", "/internal/") && !strings.HasPrefix(p, path+"/examples/") {
			all = append(all, p)
		}
	}
	return all
}

// own are the packages that bring no other module with them.
var own = []string{"event", "aggregate", "logbase", "report"}

// TestOneEach builds, for each package, a program that imports that package and
// nothing else, and looks it up in the documentation.
func TestOneEach(t *testing.T) {
	is := is.New(t)
	m := newImporter(t)
	m.run("get", path+"@"+version)
	all := m.packages()
	for _, name := range own {
		is.True(slices.Contains(all, path+"/"+name))
	}
	for _, p := range all {
		name := strings.TrimPrefix(strings.TrimPrefix(p, path), "/")
		m.write("main.go", "package main\n\nimport _ \""+p+"\"\n\nfunc main() {}\n")
		m.run("build", "-ldflags=-s -w", "-o", "program", ".")
		program, err := os.Stat(filepath.Join(m.dir, "program"))
		is.NoErr(err)
		others := 0
		for dep := range strings.FieldsSeq(m.run("list", "-deps", "-f", "{{if not .Standard}}{{.ImportPath}}{{end}}", p)) {
			if dep != path && !strings.HasPrefix(dep, path+"/") {
				others++
			}
		}
		t.Logf("%-25s %5.1f MB, %d packages of other modules", name, float64(program.Size())/1e6, others)
		if slices.Contains(own, name) && others > 0 {
			t.Errorf("%s links %d packages of other modules", name, others)
		}
		if doc := m.run("doc", p); len(doc) < 300 {
			t.Errorf("go doc %s says only:\n%s", name, doc)
		}
	}
}

// TestFloors tells what a service gets that has parts of its own and imports
// nothing of this module but event: which of its requirements are raised.
func TestFloors(t *testing.T) {
	is := is.New(t)
	m := newImporter(t)
	m.write("main.go", "package main\n\nimport _ \""+path+"/event\"\n\nfunc main() {}\n")
	m.run("get", path+"@"+version)
	mod, err := os.ReadFile(filepath.Join(m.dir, "go.mod"))
	is.NoErr(err)
	t.Logf("go.mod of an importer of event:\n%s", mod)
	t.Logf("%d modules in the graph", strings.Count(m.run("list", "-m", "all"), "\n"))
	is.Equal(strings.Count(string(mod), path), 1)
	for _, tests := range []string{"chromedp", "go-internal", "FerretDB"} {
		if strings.Contains(m.run("mod", "graph"), tests) {
			t.Errorf("%s, which only tests need, is in an importer's module graph", tests)
		}
	}
}

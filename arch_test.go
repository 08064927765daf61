package tarastat_test

import (
	"encoding/json"
	"errors"
	"io"
	"maps"
	"os/exec"
	"slices"
	"strings"
	"testing"
)

const module = "github.com/e-gov/tarastat"

// A rule says what a package may import beside the standard library.
type rule struct {
	inside  []string // packages of this module
	outside []string // other modules
}

// rules has a line for each package, lower ones first. A package below one of
// them, such as httpui/internal/locale, belongs to it: it may import what its
// owner may, and its owner and its siblings may import it.
var rules = map[string]rule{
	"":                    {}, // the landing page
	"event":               {},
	"aggregate":           {inside: []string{"event"}},
	"syslogjson":          {outside: []string{"github.com/influxdata/go-syslog/v3"}},
	"logbase":             {inside: []string{"aggregate", "event"}},
	"logbase/logbasetest": {inside: []string{"aggregate", "event", "logbase"}, outside: []string{"github.com/google/go-cmp"}},
	"ingest":              {inside: []string{"aggregate", "event", "logbase", "syslogjson"}},
	"sqlitestore": {
		inside:  []string{"aggregate", "event", "logbase"},
		outside: []string{"golang.org/x/sys", "zombiezen.com/go/sqlite"},
	},
	"mongostore": {
		inside:  []string{"aggregate", "event", "logbase"},
		outside: []string{"go.mongodb.org/mongo-driver"},
	},
	"report": {inside: []string{"aggregate", "event", "logbase"}},
	"httpui": {
		inside:  []string{"aggregate", "event", "ingest", "logbase", "report", "syslogjson"},
		outside: []string{"github.com/xuri/excelize/v2", "golang.org/x/text"},
	},

	"internal/keys":    {},
	"internal/traffic": {inside: []string{"event"}},
	"internal/daemon": {
		inside: []string{
			"aggregate", "event", "httpui", "ingest", "internal/keys", "internal/traffic",
			"logbase", "mongostore", "sqlitestore", "syslogjson",
		},
		outside: []string{"golang.org/x/net", "golang.org/x/sys"},
	},
	"cmd/tarastat": {inside: []string{
		"aggregate", "event", "internal/daemon", "internal/keys", "internal/traffic", "logbase", "syslogjson",
	}},
	"examples": {inside: []string{
		"aggregate", "event", "httpui", "ingest", "logbase", "mongostore", "report", "sqlitestore", "syslogjson",
	}},

	// For tests only: nothing above may import these.
	"internal/testenv": {inside: []string{"syslogjson"}, outside: []string{
		"github.com/chromedp/cdproto", "github.com/chromedp/chromedp", "go.mongodb.org/mongo-driver",
	}},
}

// pkg is what go list tells of a package.
type pkg struct {
	ImportPath string
	Imports    []string // of its own files, tests not counted
	Deps       []string // all that is linked
}

func TestImportRules(t *testing.T) {
	for _, p := range packages(t) {
		name := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/")
		own := owner(name)
		r, known := rules[own]
		if !known {
			t.Errorf("package %s has no rule: write one, and say in CONTRIBUTING.md where it stands", name)
			continue
		}
		for _, imp := range p.Imports {
			if inside, ok := strings.CutPrefix(imp, module+"/"); ok {
				if o := owner(inside); o != own && !slices.Contains(r.inside, o) {
					t.Errorf("%s must not import %s", name, inside)
				}
			} else if !standard(imp) && !slices.ContainsFunc(r.outside, func(m string) bool { return within(imp, m) }) {
				t.Errorf("%s must not import %s", name, imp)
			}
		}
	}
}

// Whoever imports a parser or the pages gets no database driver with it.
func TestNoDriverIsLinked(t *testing.T) {
	drivers := []string{"go.mongodb.org/mongo-driver", "zombiezen.com/go/sqlite", "modernc.org/sqlite"}
	free := []string{"event", "aggregate", "syslogjson", "ingest", "httpui", "logbase"}
	for _, p := range packages(t) {
		if !slices.Contains(free, owner(strings.TrimPrefix(p.ImportPath, module+"/"))) {
			continue
		}
		for _, dep := range p.Deps {
			if slices.ContainsFunc(drivers, func(d string) bool { return within(dep, d) }) {
				t.Errorf("%s links %s", p.ImportPath, dep)
			}
		}
	}
}

// A rule that names no package would rot: it goes when its package goes.
func TestRulesHavePackages(t *testing.T) {
	seen := map[string]bool{}
	for _, p := range packages(t) {
		seen[owner(strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/"))] = true
	}
	for _, name := range slices.Sorted(maps.Keys(rules)) {
		if !seen[name] {
			t.Errorf("there is a rule for %s and no such package", name)
		}
	}
}

// owner is the longest name of a rule that is name or a folder above it.
func owner(name string) string {
	if name == "" {
		return ""
	}
	best := "?"
	for r := range rules {
		if r != "" && within(name, r) && (best == "?" || len(r) > len(best)) {
			best = r
		}
	}
	return best
}

// within reports whether path is dir or below it.
func within(path, dir string) bool { return path == dir || strings.HasPrefix(path, dir+"/") }

// standard reports whether path is of the standard library, whose first
// element has no dot.
func standard(path string) bool {
	first, _, _ := strings.Cut(path, "/")
	return !strings.Contains(first, ".")
}

func packages(t *testing.T) []pkg {
	t.Helper()
	// -e: a package that does not compile fails elsewhere, with a better text.
	out, err := exec.CommandContext(t.Context(), "go", "list", "-e", "-json=ImportPath,Imports,Deps", "./...").Output()
	if err != nil {
		t.Fatalf("go list: %v", err)
	}
	var all []pkg
	for dec := json.NewDecoder(strings.NewReader(string(out))); ; {
		var p pkg
		if err := dec.Decode(&p); errors.Is(err, io.EOF) {
			break
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
	if len(all) == 0 {
		t.Fatal("go list names no package")
	}
	return all
}

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

// rules has a line for each package: what it may import beside the standard
// library, packages of this module and other modules. Lower packages stand
// first. A package below one of these that has no line of its own, such as
// syslogjson/syslogtest, belongs to it: it may import the same.
//
// All imports are ruled here, but for those that nobody may have, which
// .golangci.yml lists.
var rules = map[string]string{
	"":                    "", // the landing page
	"event":               "",
	"aggregate":           "event",
	"syslogjson":          "github.com/influxdata/go-syslog/v3",
	"logbase":             "aggregate event",
	"logbase/logbasetest": "logbase aggregate event github.com/google/go-cmp",
	"ingest":              "syslogjson logbase aggregate event",
	"sqlitestore":         "logbase aggregate event zombiezen.com/go/sqlite golang.org/x/sys",
	"mongostore":          "logbase aggregate event go.mongodb.org/mongo-driver",
	"report":              "logbase aggregate event",

	// The parts of httpui, each above those before it.
	"httpui/internal/locale":  "report logbase aggregate event golang.org/x/text",
	"httpui/internal/chart":   "aggregate",
	"httpui/internal/export":  "aggregate github.com/xuri/excelize/v2",
	"httpui/internal/web":     "logbase aggregate golang.org/x/text",
	"httpui/internal/address": "report aggregate httpui/internal/web",
	"httpui/internal/monitor": "logbase ingest syslogjson httpui/internal/web",
	"httpui/internal/api":     "report logbase aggregate event httpui/internal/locale httpui/internal/web httpui/internal/address",
	"httpui/internal/uitest":  "logbase event", // for tests
	"httpui": "report logbase aggregate event ingest syslogjson golang.org/x/text httpui/internal/locale httpui/internal/chart httpui/internal/export " +
		"httpui/internal/web httpui/internal/address httpui/internal/monitor httpui/internal/api",

	"internal/keys":    "",
	"internal/traffic": "event",
	"internal/testenv": "syslogjson go.mongodb.org/mongo-driver",
	// The whole service, so it may import no less than it.
	"internal/testenv/service": "internal/testenv internal/daemon internal/keys syslogjson github.com/matryer/is",
	"internal/daemon": "httpui report ingest sqlitestore mongostore logbase syslogjson aggregate event " +
		"internal/keys internal/traffic golang.org/x/net golang.org/x/sys",
	"cmd/tarastat": "internal/daemon internal/keys internal/traffic report logbase syslogjson aggregate event",
	"examples":     "httpui report ingest sqlitestore mongostore logbase syslogjson aggregate event",
}

// Whoever imports one of these gets no database driver with it.
var driverFree = []string{
	"event", "aggregate", "syslogjson", "logbase", "logbase/logbasetest", "ingest", "report", "httpui",
}

func TestImports(t *testing.T) {
	unused := maps.Clone(rules) // a rule that names no package would rot
	for _, p := range packages(t) {
		name := strings.TrimPrefix(strings.TrimPrefix(p.ImportPath, module), "/")
		own := owner(name)
		delete(unused, own)
		allowed, ruled := rules[own]
		if !ruled {
			t.Errorf("package %s has no rule: write one, and say in CONTRIBUTING.md where it stands", name)
		}
		for _, imp := range p.Imports {
			if !mayImport(own, strings.Fields(allowed), imp) {
				t.Errorf("%s must not import %s", name, imp)
			}
			if own == "report" && (imp == "net/http" || imp == "html/template") {
				t.Errorf("report must not import %s: it says what is said, not how it is shown", imp)
			}
		}
		if i := slices.IndexFunc(p.Deps, isDriver); i >= 0 && slices.Contains(driverFree, own) {
			t.Errorf("%s links %s", name, p.Deps[i])
		}
	}
	for name := range unused {
		t.Errorf("there is a rule for %s and no such package", name)
	}
}

func isDriver(imp string) bool {
	return within(imp, "go.mongodb.org/mongo-driver") || within(imp, "zombiezen.com/go/sqlite") || within(imp, "modernc.org/sqlite")
}

// forTests are the modules that go.mod requires for tests alone. All others of
// that kind belong into the go.mod of internal/acceptance, where they are in no
// importer's way.
var forTests = []string{"github.com/matryer/is", "github.com/google/go-cmp"}

func TestRequirements(t *testing.T) {
	out, err := exec.CommandContext(t.Context(), "go", "mod", "edit", "-json").Output()
	if err != nil {
		t.Fatalf("go mod edit: %v", err)
	}
	var mod struct {
		Require []struct {
			Path     string
			Indirect bool
		}
	}
	if err := json.Unmarshal(out, &mod); err != nil {
		t.Fatal(err)
	}
	all := packages(t)
	for _, r := range mod.Require {
		if r.Indirect || slices.Contains(forTests, r.Path) {
			continue
		}
		linked := func(p pkg) bool {
			return slices.ContainsFunc(p.Imports, func(imp string) bool { return within(imp, r.Path) })
		}
		if !slices.ContainsFunc(all, linked) {
			t.Errorf("only tests import %s: require it in internal/acceptance/go.mod", r.Path)
		}
	}
}

// mayImport reports whether a package of the rule own, which allows that much,
// may import a package.
func mayImport(own string, allowed []string, imp string) bool {
	if inside, ok := strings.CutPrefix(imp, module+"/"); ok {
		o := owner(inside)
		return o == own || slices.Contains(allowed, o)
	}
	first, _, _ := strings.Cut(imp, "/")
	standard := !strings.Contains(first, ".")
	return standard || slices.ContainsFunc(allowed, func(a string) bool { return within(imp, a) })
}

// owner is the longest name of a rule that is name or a folder above it.
func owner(name string) string {
	for dir := name; dir != ""; {
		if _, ok := rules[dir]; ok {
			return dir
		}
		dir = dir[:max(0, strings.LastIndexByte(dir, '/'))]
	}
	if name == "" {
		return ""
	}
	return "?"
}

// within reports whether path is dir or below it.
func within(path, dir string) bool { return path == dir || strings.HasPrefix(path, dir+"/") }

// pkg is what go list tells of a package.
type pkg struct {
	ImportPath string
	Imports    []string // of its own files, tests not counted
	Deps       []string // all that is linked
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
			return all
		} else if err != nil {
			t.Fatal(err)
		}
		all = append(all, p)
	}
}

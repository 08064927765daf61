package locale_test

import (
	"bytes"
	"encoding/json"
	"flag"
	"go/ast"
	"go/parser"
	"go/token"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strconv"
	"strings"
	"testing"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/httpui/internal/locale"
	"github.com/e-gov/tarastat/logbase"
	"github.com/e-gov/tarastat/syslogjson"
)

var update = flag.Bool("update", false, "rewrite the files under testdata")

// awaiting lists keys of the catalogue that no page uses yet. A page that
// begins to use one needs no change there; -update takes out what is used.
const awaiting = "testdata/awaiting.txt"

// dynamic lists the prefixes of keys that are put together from data, so that
// no source holds them whole, and where that happens.
var dynamic = []string{
	"month.", "monthShort.", "weekday.", "weekdayShort.", // date.go, period.go
	"unit.",                                                // period.go
	"method.", "bank.", "country.", "operation.", "class.", // names.go
}

// entry is one line of a catalogue: a key and its forms.
type entry struct {
	key   string
	forms []string
}

func catalogue(t *testing.T, lang logbase.Lang) []entry {
	t.Helper()
	is := is.New(t)
	data, err := os.ReadFile(filepath.Join("catalogue", string(lang)+".json"))
	is.NoErr(err)
	dec := json.NewDecoder(bytes.NewReader(data))
	_, err = dec.Token() // the opening brace
	is.NoErr(err)
	var list []entry
	for dec.More() {
		key, err := dec.Token()
		is.NoErr(err)
		var raw json.RawMessage
		is.NoErr(dec.Decode(&raw))
		e := entry{key: key.(string)}
		var text string
		if json.Unmarshal(raw, &text) == nil {
			e.forms = []string{text}
		} else {
			var forms map[string]string
			is.NoErr(json.Unmarshal(raw, &forms))
			if len(forms) != 2 {
				t.Errorf("%s: %s: want the forms one and other", lang, e.key)
			}
			e.forms = []string{forms["one"], forms["other"]}
		}
		list = append(list, e)
	}
	return list
}

func keys(list []entry) []string {
	var k []string
	for _, e := range list {
		k = append(k, e.key)
	}
	return k
}

func TestCataloguesHaveTheSameKeysInTheSameOrder(t *testing.T) {
	et, en := keys(catalogue(t, logbase.Estonian)), keys(catalogue(t, logbase.English))
	if diff := cmp.Diff(et, en); diff != "" {
		t.Errorf("et.json (-) and en.json (+) differ:\n%s", diff)
	}
	sorted := slices.Clone(et)
	slices.Sort(sorted)
	if n := len(slices.Compact(sorted)); n != len(et) {
		t.Errorf("%d keys, but only %d different ones", len(et), n)
	}
}

var placeholder = regexp.MustCompile(`\{\d\}`)

func placeholders(form string) []string {
	p := placeholder.FindAllString(form, -1)
	slices.Sort(p)
	return p
}

func TestTextsAreWholeInBothLanguages(t *testing.T) {
	et, en := catalogue(t, logbase.Estonian), catalogue(t, logbase.English)
	for i, e := range et {
		if len(e.forms) != len(en[i].forms) {
			t.Errorf("%s: %d forms in Estonian, %d in English", e.key, len(e.forms), len(en[i].forms))
		}
		want := placeholders(e.forms[0])
		for _, form := range append(e.forms, en[i].forms...) {
			if form == "" || strings.TrimSpace(form) != form {
				t.Errorf("%s: %q is empty or has space around it", e.key, form)
			}
			if diff := cmp.Diff(want, placeholders(form)); diff != "" {
				t.Errorf("%s: other placeholders in %q:\n%s", e.key, form, diff)
			}
			if rest := placeholder.ReplaceAllString(form, ""); strings.ContainsAny(rest, `{}<>"`) {
				t.Errorf("%s: %q has a stray brace, bracket or straight quote", e.key, form)
			}
		}
		for j, p := range slices.Compact(want) {
			if p != "{"+strconv.Itoa(j)+"}" {
				t.Errorf("%s: placeholders do not count up from {0}", e.key)
			}
		}
	}
}

// sources returns the templates and the code of httpui, without tests and
// without the texts of the catalogue themselves.
func sources(t *testing.T) string {
	t.Helper()
	var b strings.Builder
	err := filepath.WalkDir("../..", func(path string, d os.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		switch filepath.Ext(name) {
		case ".go", ".html", ".tmpl":
		default:
			return nil
		}
		if d.IsDir() || strings.HasSuffix(name, "_test.go") || strings.Contains(path, "testdata") {
			return nil
		}
		data, err := os.ReadFile(path)
		b.Write(data)
		return err
	})
	is.New(t).NoErr(err)
	return b.String()
}

func TestEveryKeyIsUsed(t *testing.T) {
	is := is.New(t)
	source := sources(t)
	var unused []string
	for _, key := range keys(catalogue(t, logbase.Estonian)) {
		if slices.ContainsFunc(dynamic, func(p string) bool { return strings.HasPrefix(key, p) }) {
			continue
		}
		if !strings.Contains(source, `"`+key+`"`) && !strings.Contains(source, "`"+key+"`") {
			unused = append(unused, key)
		}
	}
	data, err := os.ReadFile(awaiting)
	is.NoErr(err)
	reserved := strings.Fields(string(data))
	if *update {
		reserved = slices.DeleteFunc(reserved, func(k string) bool { return !slices.Contains(unused, k) })
		is.NoErr(os.WriteFile(awaiting, []byte(strings.Join(append(reserved, ""), "\n")), 0o644))
	}
	for _, key := range unused {
		if !slices.Contains(reserved, key) {
			t.Errorf("no page uses the text %s: take it out, or list it in %s", key, awaiting)
		}
	}
}

// use finds the keys that templates and code ask for by name.
var use = regexp.MustCompile(`\b[tT][ (]"([a-zA-Z0-9]+\.[a-zA-Z0-9.]+)"`)

func TestEveryKeyAskedForExists(t *testing.T) {
	l := locale.For(logbase.Estonian)
	found := use.FindAllStringSubmatch(sources(t), -1)
	if len(found) == 0 {
		t.Fatal("found no use of any text: the pattern is out of date")
	}
	for _, m := range found {
		if !l.Has(m[1]) {
			t.Errorf("a page asks for the text %s, which is not in the catalogue", m[1])
		}
	}
}

// constants returns the values of the string constants in a Go file whose
// names begin with prefix.
func constants(t *testing.T, file, prefix string) []string {
	t.Helper()
	is := is.New(t)
	f, err := parser.ParseFile(token.NewFileSet(), file, nil, 0)
	is.NoErr(err)
	var values []string
	ast.Inspect(f, func(n ast.Node) bool {
		spec, ok := n.(*ast.ValueSpec)
		if !ok || !strings.HasPrefix(spec.Names[0].Name, prefix) || len(spec.Values) == 0 {
			return true
		}
		if lit, ok := spec.Values[0].(*ast.BasicLit); ok {
			v, err := strconv.Unquote(lit.Value)
			is.NoErr(err)
			values = append(values, v)
		}
		return true
	})
	if len(values) == 0 {
		t.Fatalf("%s has no constants %s*", file, prefix)
	}
	return values
}

func TestWhatEventsCarryHasANameInBothLanguages(t *testing.T) {
	const dir = "../../../event/"
	for _, lang := range []logbase.Lang{logbase.Estonian, logbase.English} {
		l := locale.For(lang)
		for _, c := range event.Classes() {
			if !l.Has("class." + string(c)) {
				t.Errorf("%s: the class of rejection %s has no text", lang, c)
			}
		}
		for _, c := range syslogjson.Classes() {
			if !l.Has("class." + string(c)) {
				t.Errorf("%s: the class of rejection %s has no text", lang, c)
			}
		}
		for _, m := range constants(t, dir+"event.go", "Method") {
			if !l.Has("method." + m) {
				t.Errorf("%s: the method %s has no name", lang, m)
			}
		}
		for _, o := range []event.Operation{event.StartAuth, event.SuccessfulAuth, event.Failed} {
			if !l.Has("operation." + string(o)) {
				t.Errorf("%s: the operation %s has no name", lang, o)
			}
		}
	}
}

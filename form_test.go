package tarastat_test

import (
	"bytes"
	"go/ast"
	"go/parser"
	"go/token"
	"io/fs"
	"os"
	"path/filepath"
	"regexp"
	"slices"
	"strings"
	"testing"
)

const maxLines = 500

// file is one file of this module or of a module below it.
type file struct {
	path string
	text []byte
}

func TestFilesAreShort(t *testing.T) {
	for _, f := range files(t, ".go") {
		if n := bytes.Count(f.text, []byte("\n")); n > maxLines {
			t.Errorf("%s has %d lines, more than %d", f.path, n, maxLines)
		}
	}
}

func TestPackagesHaveComments(t *testing.T) {
	commented := map[string]bool{}
	for _, f := range files(t, ".go") {
		dir := filepath.Dir(f.path)
		if !strings.HasSuffix(f.path, "_test.go") {
			commented[dir] = commented[dir] || parse(t, f).Doc != nil
		}
	}
	for dir, ok := range commented {
		if !ok {
			t.Errorf("the package in %s has no comment", dir)
		}
	}
}

func TestNothingIsLeftOpen(t *testing.T) {
	open := regexp.MustCompile(`\b(TODO|FIXME|XXX)\b`)
	for _, f := range files(t, ".go") {
		for _, group := range parse(t, f).Comments {
			if word := open.FindString(group.Text()); word != "" {
				t.Errorf("%s: a comment says %s", f.path, word)
			}
		}
	}
	for _, f := range files(t, ".html", ".css", ".js", ".sh", ".sql") {
		if word := open.Find(f.text); word != nil {
			t.Errorf("%s says %s", f.path, word)
		}
	}
}

// A test may be skipped in one case only: a program from outside is missing,
// and this is not CI. The function that skips has to ask for CI itself.
func TestNothingIsSkipped(t *testing.T) {
	for _, f := range files(t, ".go") {
		for _, decl := range parse(t, f).Decls {
			fn, ok := decl.(*ast.FuncDecl)
			if ok && skips(fn) && !asksForCI(fn) {
				t.Errorf("%s: %s skips a test without asking whether CI is set", f.path, fn.Name)
			}
		}
	}
}

func skips(fn *ast.FuncDecl) bool {
	return contains(fn, func(n ast.Node) bool {
		call, ok := n.(*ast.CallExpr)
		if !ok {
			return false
		}
		sel, ok := call.Fun.(*ast.SelectorExpr)
		return ok && slices.Contains([]string{"Skip", "Skipf", "SkipNow"}, sel.Sel.Name)
	})
}

func asksForCI(fn *ast.FuncDecl) bool {
	return contains(fn, func(n ast.Node) bool {
		lit, ok := n.(*ast.BasicLit)
		return ok && lit.Value == `"CI"`
	})
}

func contains(root ast.Node, want func(ast.Node) bool) bool {
	found := false
	ast.Inspect(root, func(n ast.Node) bool {
		found = found || n != nil && want(n)
		return !found
	})
	return found
}

// The Content-Security-Policy would stop these in the browser; here they are
// stopped before.
func TestPagesStayInTheHouse(t *testing.T) {
	inline := regexp.MustCompile(`(?i)\sstyle\s*=|<style|\son[a-z]+\s*=\s*["']|javascript:|<script>`)
	origin := regexp.MustCompile(`(?i)(https?:)?//[a-z0-9-]+\.[a-z0-9.-]+[a-z0-9]`)
	for _, f := range files(t, ".html", ".css", ".js", ".svg") {
		if what := inline.Find(f.text); what != nil && !strings.HasSuffix(f.path, ".js") {
			t.Errorf("%s has %q: style and script belong into files", f.path, bytes.TrimSpace(what))
		}
		for _, what := range origin.FindAll(f.text, -1) {
			if string(what) != "http://www.w3.org" { // names of XML namespaces
				t.Errorf("%s names a foreign origin, %s", f.path, what)
			}
		}
	}
}

func TestNoCgo(t *testing.T) {
	for _, f := range files(t, ".go") {
		for _, imp := range parse(t, f).Imports {
			if imp.Path.Value == `"C"` {
				t.Errorf("%s imports C", f.path)
			}
		}
	}
}

// files returns the files with one of the extensions, those for tests and
// those of nested modules too, but for test data and what is made by tools.
func files(t *testing.T, extensions ...string) []file {
	t.Helper()
	var all []file
	err := filepath.WalkDir(".", func(path string, d fs.DirEntry, err error) error {
		if err != nil {
			return err
		}
		name := d.Name()
		if d.IsDir() {
			if len(name) > 1 && name[0] == '.' || slices.Contains([]string{"bin", "node_modules", "tarastat-data", "testdata"}, name) {
				return fs.SkipDir
			}
			return nil
		}
		if !slices.Contains(extensions, filepath.Ext(name)) {
			return nil
		}
		text, err := os.ReadFile(path)
		all = append(all, file{path: path, text: text})
		return err
	})
	if err != nil {
		t.Fatal(err)
	}
	return all
}

func parse(t *testing.T, f file) *ast.File {
	t.Helper()
	tree, err := parser.ParseFile(token.NewFileSet(), f.path, f.text, parser.ParseComments)
	if err != nil {
		t.Fatal(err)
	}
	return tree
}

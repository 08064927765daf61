package locale_test

import (
	"bytes"
	"encoding/json"
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

func TestWhatEventsCarryHasANameInBothLanguages(t *testing.T) {
	for _, lang := range []logbase.Lang{logbase.Estonian, logbase.English} {
		l := locale.For(lang)
		var keys []string
		for _, c := range event.Classes() {
			keys = append(keys, "class."+string(c))
		}
		for _, c := range syslogjson.Classes() {
			keys = append(keys, "class."+string(c))
		}
		for _, m := range []string{
			event.MethodIDCard, event.MethodMobileID, event.MethodSmartID, event.MethodEIDAS, event.MethodBankLink,
		} {
			keys = append(keys, "method."+m)
		}
		for _, key := range keys {
			if !l.Has(key) {
				t.Errorf("%s: no text for %s", lang, key)
			}
		}
	}
}

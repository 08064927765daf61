package daemon

import (
	"log/slog"
	"os"
	"path/filepath"
	"testing"
	"time"

	"github.com/google/go-cmp/cmp"
	"github.com/matryer/is"

	"github.com/e-gov/tarastat/httpui"
)

func TestParseCatalogue(t *testing.T) {
	want := map[string]httpui.ClientName{
		"openIdDemo": {Name: "Näidisrakendus", Institution: "Riigi Infosüsteemi Amet"},
		"emta":       {Name: "E-maksuamet, \"uus\""},
	}
	for name, text := range map[string]string{
		"commas":     "clientId,name,institution\nopenIdDemo,Näidisrakendus,Riigi Infosüsteemi Amet\nemta,\"E-maksuamet, \"\"uus\"\"\",\n",
		"semicolons": "\uFEFFclientId;name;institution\r\nopenIdDemo; Näidisrakendus ;Riigi Infosüsteemi Amet\r\nemta;\"E-maksuamet, \"\"uus\"\"\"\r\n",
		"no heading": "openIdDemo,Näidisrakendus,Riigi Infosüsteemi Amet\nemta,\"E-maksuamet, \"\"uus\"\"\"\n",
	} {
		got, err := parseCatalogue([]byte(text))
		if err != nil {
			t.Fatal(name, err)
		}
		if d := cmp.Diff(want, got); d != "" {
			t.Errorf("%s: %s", name, d)
		}
	}
	for name, text := range map[string]string{
		"one cell": "clientId,name\nx\n", "not UTF-8": "a,\xff\n", "open quote": "a,\"b\n", "no id": "a,b\n,c\n",
	} {
		if _, err := parseCatalogue([]byte(text)); err == nil {
			t.Errorf("%s was accepted", name)
		}
	}
}

func TestCatalogueIsReadAgain(t *testing.T) {
	is := is.New(t)
	file := filepath.Join(t.TempDir(), "clients.csv")
	clock := time.Now()
	write := func(text string) {
		t.Helper()
		clock = clock.Add(catalogueInterval)
		is.NoErr(os.WriteFile(file, []byte(text), 0o600))
		is.NoErr(os.Chtimes(file, clock, clock))
	}
	name := func(c *catalogue) string {
		n, _ := c.Client("a")
		return n.Name
	}
	_, err := openCatalogue(file, slog.New(slog.DiscardHandler), func() time.Time { return clock })
	is.True(err != nil) // a file that was named must be there at the start
	write("a,First")
	c, err := openCatalogue(file, slog.New(slog.DiscardHandler), func() time.Time { return clock })
	is.NoErr(err)
	is.Equal(name(c), "First")
	write("a,Second")
	is.Equal(name(c), "Second")
	write("a")
	is.Equal(name(c), "Second") // a broken file changes nothing
	is.NoErr(os.Remove(file))
	clock = clock.Add(catalogueInterval)
	is.Equal(name(c), "Second")
	write("a,Third")
	is.Equal(name(c), "Third")
}

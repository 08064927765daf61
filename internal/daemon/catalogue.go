package daemon

import (
	"bytes"
	"encoding/csv"
	"errors"
	"fmt"
	"io"
	"log/slog"
	"os"
	"strings"
	"sync"
	"time"
	"unicode/utf8"

	"github.com/e-gov/tarastat/httpui"
)

// Limits of a catalogue of client names.
const (
	maxCatalogueBytes = 4 << 20
	maxNameBytes      = 200 // of one name
	catalogueInterval = 2 * time.Second
)

// catalogue is a CSV file with names of clients. It is read again when it has
// changed, and looked at no more often than every two seconds. A file that
// cannot be read leaves the names as they were.
type catalogue struct {
	file string
	log  *slog.Logger
	now  func() time.Time

	mu      sync.Mutex
	looked  time.Time
	changed time.Time
	size    int64
	names   map[string]httpui.ClientName
}

// openCatalogue reads the file, which must be readable at the start.
func openCatalogue(file string, logger *slog.Logger, now func() time.Time) (*catalogue, error) {
	c := &catalogue{file: file, log: logger, now: now, looked: now()}
	if err := c.read(); err != nil {
		return nil, err
	}
	return c, nil
}

// Client implements [httpui.Catalogue].
func (c *catalogue) Client(id string) (httpui.ClientName, bool) {
	c.mu.Lock()
	defer c.mu.Unlock()
	if now := c.now(); now.Sub(c.looked) >= catalogueInterval {
		c.looked = now
		if err := c.read(); err != nil {
			c.log.Warn("catalogue of clients not read, the names stay as they were", "err", err)
		}
	}
	name, ok := c.names[id]
	return name, ok
}

// read reads the file if it is not the one that was read last.
func (c *catalogue) read() error {
	info, err := os.Stat(c.file)
	if err != nil {
		return fmt.Errorf("daemon: catalogue: %w", err)
	}
	if info.ModTime().Equal(c.changed) && info.Size() == c.size {
		return nil
	}
	if info.Size() > maxCatalogueBytes {
		return fmt.Errorf("daemon: catalogue: larger than %d bytes", maxCatalogueBytes)
	}
	data, err := os.ReadFile(c.file)
	if err != nil {
		return fmt.Errorf("daemon: catalogue: %w", err)
	}
	// Also a broken file is not read again until it changes.
	c.changed, c.size = info.ModTime(), info.Size()
	names, err := parseCatalogue(data)
	if err != nil {
		return fmt.Errorf("daemon: catalogue: %w", err)
	}
	c.names = names
	return nil
}

// parseCatalogue reads rows "clientId,name,institution", separated by commas or
// semicolons as spreadsheets write them. A first row whose first cell is
// clientId is a heading; the institution may be missing.
func parseCatalogue(data []byte) (map[string]httpui.ClientName, error) {
	data = bytes.TrimPrefix(data, []byte("\uFEFF"))
	if !utf8.Valid(data) {
		return nil, errors.New("not UTF-8")
	}
	r := csv.NewReader(bytes.NewReader(data))
	r.FieldsPerRecord = -1
	r.TrimLeadingSpace = true
	first, _, _ := bytes.Cut(data, []byte("\n"))
	if bytes.Count(first, []byte(";")) > bytes.Count(first, []byte(",")) {
		r.Comma = ';'
	}
	names := make(map[string]httpui.ClientName)
	for {
		row, err := r.Read()
		if errors.Is(err, io.EOF) {
			return names, nil
		}
		if err != nil {
			return nil, err
		}
		line, _ := r.FieldPos(0)
		if len(row) < 2 {
			return nil, fmt.Errorf("line %d: want clientId, name and institution", line)
		}
		row = append(row, "")
		id, name := strings.TrimSpace(row[0]), httpui.ClientName{
			Name: strings.TrimSpace(row[1]), Institution: strings.TrimSpace(row[2]),
		}
		if line == 1 && strings.EqualFold(id, "clientid") {
			continue
		}
		if id == "" || len(name.Name) > maxNameBytes || len(name.Institution) > maxNameBytes {
			return nil, fmt.Errorf("line %d: an empty clientId, or a name over %d bytes", line, maxNameBytes)
		}
		names[id] = name
	}
}

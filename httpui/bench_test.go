package httpui_test

import (
	"bytes"
	"compress/gzip"
	"context"
	"fmt"
	"net/http"
	"net/http/httptest"
	"strings"
	"testing"
	"time"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/httpui"
	"github.com/e-gov/tarastat/logbase"
)

// yearOfSums is a log base of 12 months as TARA fills it: 600 clients, five
// methods, nine error codes, 60 million events in some two million sums.
func yearOfSums() *counts {
	store := &counts{}
	methods := []string{event.MethodIDCard, event.MethodMobileID, event.MethodSmartID, event.MethodEIDAS, "eudiw"}
	last := aggregate.DayOf(now, event.DefaultLocation())
	for day := last - 364; day <= last; day++ {
		var sums []aggregate.Sum
		for client := range 600 {
			volume := int64(1 + 8000/(client+10))
			for m, method := range methods[:2+client%4] {
				k := aggregate.Key{ClientID: fmt.Sprintf("klient-%03d", client), Method: method}
				add := func(o event.Operation, n int64, code string) {
					k.Operation, k.ErrorCode = o, code
					sums = append(sums, aggregate.Sum{Key: k, Count: n})
				}
				add(event.OpStart, volume+2, "")
				add(event.OpSuccess, volume, "")
				add(event.OpFailure, 1+volume/20, fmt.Sprintf("CODE_%d", (client+m+int(day))%9))
			}
		}
		store.cube.Replace(day, sums)
	}
	return store
}

// counts answers from sums for which there are no records.
type counts struct {
	logbase.Memory
	cube aggregate.Cube
}

func (c *counts) Sums(_ context.Context, q aggregate.Query) ([]aggregate.Row, error) {
	return c.cube.Rows(q), nil
}

func (c *counts) Bounds(context.Context) (logbase.Bounds, error) {
	return c.cube.Bounds(), nil
}

func (c *counts) Clients(context.Context) ([]logbase.Seen, error) {
	return c.cube.Clients(), nil
}

// BenchmarkPages tells the time of the server for each page of a year and of
// the month before, and what goes over the wire in the end.
func BenchmarkPages(b *testing.B) {
	store := yearOfSums()
	h := httpui.New(store, options())
	for _, path := range []string{"/", "/kliendid", "/kliendid?show=months", "/kliendid/klient-001", "/meetodid", "/meetodid?method=idcard", "/stat", "/andmed"} {
		for name, p := range map[string]string{"year": "2017-05/2018-04", "month": "2018-03"} {
			b.Run(strings.TrimPrefix(path, "/")+" "+name, func(b *testing.B) {
				sep := "?"
				if strings.Contains(path, sep) {
					sep = "&"
				}
				size := 0
				for b.Loop() {
					r := httptest.NewRequest(http.MethodGet, path+sep+"p="+p, nil)
					r.Host = "localhost"
					r.Header.Set("Accept", "text/html")
					w := httptest.NewRecorder()
					h.ServeHTTP(w, r)
					if w.Code != http.StatusOK {
						b.Fatalf("status %d", w.Code)
					}
					size = gzipped(w.Body.Bytes())
				}
				b.ReportMetric(float64(size)/1000, "kB-gzip")
				b.ReportMetric(float64(b.Elapsed())/float64(b.N)/float64(time.Millisecond), "ms/op")
			})
		}
	}
}

func gzipped(body []byte) int {
	var buf bytes.Buffer
	w := gzip.NewWriter(&buf)
	_, _ = w.Write(body) // a bytes.Buffer takes everything
	_ = w.Close()
	return buf.Len()
}

package browser

import (
	"fmt"
	"slices"
	"strings"
	"sync"

	"github.com/chromedp/cdproto/audits"
	"github.com/chromedp/cdproto/log"
	"github.com/chromedp/cdproto/network"
	"github.com/chromedp/cdproto/page"
	"github.com/chromedp/cdproto/runtime"

	"github.com/e-gov/tarastat/internal/testenv"
)

// Request is one request that a tab sent.
type Request struct {
	URL    string
	Kind   string // Document, Stylesheet, Script, Image, Fetch, ...
	Status int    // 0 when there was no answer
	Bytes  int    // received over the network, header and encoded body
	Failed string // why there was no answer; "" when there was one

	id   network.RequestID
	done bool
}

// Record is what happened in a tab.
type Record struct {
	Requests   []Request
	Console    []string // warnings, errors and exceptions
	Violations []string // of the content security policy
	Dialogs    []string // of alert, confirm and prompt
}

// recorder gathers a Record. Its lock is held between the goroutine of the
// test and the one that reads from the browser.
type recorder struct {
	mu sync.Mutex
	Record
	dismiss func() // closes the dialog that waits
}

// Seen returns what has happened since the tab was opened or Forget was called.
func (t *Tab) Seen() Record {
	r := &t.record
	r.mu.Lock()
	defer r.mu.Unlock()
	return Record{
		slices.Clone(r.Requests), slices.Clone(r.Console), slices.Clone(r.Violations), slices.Clone(r.Dialogs),
	}
}

// Settle waits until every request was answered: icons load when all is done.
func (t *Tab) Settle() {
	t.tb.Helper()
	testenv.Await(t.tb, "the answers to all requests of "+t.URL(), func() bool {
		return !slices.ContainsFunc(t.Seen().Requests, func(r Request) bool { return !r.done })
	})
}

// Forget empties the record.
func (t *Tab) Forget() {
	t.record.mu.Lock()
	defer t.record.mu.Unlock()
	t.record.Record = Record{}
}

// note is called for every event, in order, and must not block.
func (r *recorder) note(ev any) {
	r.mu.Lock()
	defer r.mu.Unlock()
	switch e := ev.(type) {
	case *network.EventRequestWillBeSent:
		r.sent(e)
	case *network.EventResponseReceived:
		r.change(e.RequestID, func(q *Request) { q.Status = int(e.Response.Status) })
	case *network.EventLoadingFinished:
		r.change(e.RequestID, func(q *Request) { q.Bytes, q.done = int(e.EncodedDataLength), true })
	case *network.EventLoadingFailed:
		r.change(e.RequestID, func(q *Request) { q.Failed, q.done = e.ErrorText, true })
	case *page.EventFrameNavigated:
		// The icons of the page before that have not come: with its page the browser
		// gives them up, and says nothing of it.
		r.Requests = slices.DeleteFunc(r.Requests, func(q Request) bool {
			return !q.done && q.Kind == string(network.ResourceTypeOther)
		})
	case *runtime.EventConsoleAPICalled:
		if e.Type == runtime.ConsoleAPICalledTypeWarning || e.Type == runtime.ConsoleAPICalledTypeError {
			r.Console = append(r.Console, fmt.Sprint(e.Type, " ", arguments(e.Args)))
		}
	case *runtime.EventExceptionThrown:
		r.Console = append(r.Console, "exception "+e.ExceptionDetails.Text)
	case *log.EventEntryAdded:
		if e.Entry.Level == log.EntryLevelWarning || e.Entry.Level == log.EntryLevelError {
			r.Console = append(r.Console, fmt.Sprint(e.Entry.Source, " ", e.Entry.Level, " ", e.Entry.Text, " ", e.Entry.URL))
		}
	case *audits.EventIssueAdded:
		if d := e.Issue.Details.ContentSecurityPolicyIssueDetails; d != nil {
			r.Violations = append(r.Violations, strings.TrimSpace(d.ViolatedDirective+" "+d.BlockedURL))
		}
	case *page.EventJavascriptDialogOpening:
		r.Dialogs = append(r.Dialogs, e.Message)
		go r.dismiss()
	}
}

func (r *recorder) sent(e *network.EventRequestWillBeSent) {
	if strings.HasPrefix(e.Request.URL, "data:") {
		return
	}
	if e.RedirectResponse != nil { // the same id goes on
		r.change(e.RequestID, func(q *Request) { q.Status, q.done = int(e.RedirectResponse.Status), true })
	}
	r.Requests = append(r.Requests, Request{URL: e.Request.URL, Kind: string(e.Type), id: e.RequestID})
}

// change changes the newest request of that id, if it is in the record.
func (r *recorder) change(id network.RequestID, change func(*Request)) {
	for i := range slices.Backward(r.Requests) {
		if r.Requests[i].id == id {
			change(&r.Requests[i])
			return
		}
	}
}

func arguments(args []*runtime.RemoteObject) string {
	var texts []string
	for _, a := range args {
		if a.Description != "" {
			texts = append(texts, a.Description)
		} else {
			texts = append(texts, string(a.Value))
		}
	}
	return strings.Join(texts, " ")
}

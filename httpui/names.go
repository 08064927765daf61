package httpui

import (
	"context"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/httpui/internal/locale"
	"github.com/e-gov/tarastat/logbase"
)

// names are what people call things in one language. They implement
// [report.Names].
type names struct {
	*locale.Locale
	catalogue Catalogue
}

// Name implements [report.Names].
func (n names) Name(by aggregate.Dim, id string) string {
	switch {
	case by == 0:
		return n.T("table.total")
	case id == "" && by == aggregate.ByErrorCode:
		return n.T("methods.noCode")
	case id == "":
		return n.T("common.notCounted")
	case id == event.Other:
		return n.T("common.overflow")
	}
	switch by {
	case aggregate.ByClient:
		return n.client(id)
	case aggregate.ByMethod:
		return n.Method(id)
	case aggregate.ByBank:
		return n.Bank(id)
	case aggregate.ByCountry:
		return n.Country(id)
	}
	return id
}

// Institution implements [report.Names].
func (n names) Institution(client string) string {
	c, _ := n.catalogue.Client(client)
	return c.Institution
}

// client is the name of a client application in the catalogue, or its id.
func (n names) client(id string) string {
	if c, ok := n.catalogue.Client(id); ok && c.Name != "" {
		return c.Name
	}
	return id
}

// source answers reports, each question when its turn has come.
type source struct{ h *Handler }

// inTurn asks the log base when its turn has come. An error that has no code
// gets ERR-02.
func inTurn[T any](ctx context.Context, h *Handler, ask func(context.Context) (T, error)) (out T, err error) {
	err = h.slots.Do(ctx, func(ctx context.Context) error {
		out, err = ask(ctx)
		return err
	})
	return out, err
}

func (s source) Sums(ctx context.Context, q aggregate.Query) ([]aggregate.Row, error) {
	return inTurn(ctx, s.h, func(ctx context.Context) ([]aggregate.Row, error) { return s.h.store.Sums(ctx, q) })
}

func (s source) Bounds(ctx context.Context) (logbase.Bounds, error) {
	return inTurn(ctx, s.h, s.h.store.Bounds)
}

func (s source) Clients(ctx context.Context) ([]logbase.Seen, error) {
	return inTurn(ctx, s.h, s.h.store.Clients)
}

func (s source) Deletions(ctx context.Context) ([]logbase.Deletion, error) {
	return inTurn(ctx, s.h, s.h.store.Deletions)
}

// Package g keeps the log base in a database of a client of its own. No server is
// there: what a service sees then is what is looked at.
package g

import (
	"log/slog"
	"testing"
	"time"

	"go.mongodb.org/mongo-driver/mongo"
	"go.mongodb.org/mongo-driver/mongo/options"

	"github.com/e-gov/tarastat/logbase"
	"github.com/e-gov/tarastat/mongostore"
)

func TestAway(t *testing.T) {
	client, err := mongo.Connect(t.Context(), options.Client().ApplyURI("mongodb://127.0.0.1:1/?directConnection=true"))
	if err != nil {
		t.Fatal(err)
	}
	o := mongostore.Options{
		Collection: "logins", Prefix: "logins_", Timeout: 200 * time.Millisecond, Logger: slog.New(slog.DiscardHandler),
	}
	var store logbase.Store
	if store, err = mongostore.New(t.Context(), client.Database("portal"), o); err != nil {
		t.Fatal(err) // it is open all the same, and goes on trying
	}
	_, err = store.Bounds(t.Context())
	if code, _ := logbase.CodeOf(err); code != logbase.CodeUnreachable {
		t.Errorf("%v", err)
	}
	if err := store.Close(); err != nil {
		t.Error(err)
	}
	o.Required = true
	if _, err = mongostore.New(t.Context(), client.Database("portal"), o); err == nil {
		t.Error("it is there")
	}
	if err := client.Disconnect(t.Context()); err != nil {
		t.Error(err)
	}
}

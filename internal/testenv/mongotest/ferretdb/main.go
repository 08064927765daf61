// Command ferretdb runs FerretDB, an independent server of MongoDB's wire
// protocol, over SQLite files: the server that the tests of mongostore speak
// to. It is a module of its own, so that what FerretDB needs does not become
// something TARA-Stat needs.
//
//	ferretdb DIRECTORY ADDRESS
//
// It prints its URI on one line once it listens, and ends on SIGTERM or when
// its standard input ends: a test that dies takes its server with it.
package main

import (
	"context"
	"fmt"
	"io"
	"log/slog"
	"os"
	"os/signal"
	"syscall"
	"time"

	"github.com/FerretDB/FerretDB/ferretdb"
)

// grace is how long requests that are being served may take at the end.
const grace = time.Second

func main() {
	if err := run(os.Args[1:]); err != nil {
		fmt.Fprintln(os.Stderr, "ferretdb:", err)
		os.Exit(1)
	}
}

func run(args []string) error {
	if len(args) != 2 {
		return fmt.Errorf("want DIRECTORY ADDRESS, got %q", args)
	}
	ctx, stop := signal.NotifyContext(context.Background(), syscall.SIGTERM, os.Interrupt)
	defer stop()
	ctx, cancel := context.WithCancel(ctx)
	go func() {
		_, _ = io.Copy(io.Discard, os.Stdin)
		cancel()
	}()
	f, err := ferretdb.New(&ferretdb.Config{
		Listener:  ferretdb.ListenerConfig{TCP: args[1]},
		Handler:   "sqlite",
		SQLiteURL: "file:" + args[0] + "/",
		Logger:    slog.New(slog.NewTextHandler(os.Stderr, &slog.HandlerOptions{Level: slog.LevelError})),
	})
	if err != nil {
		return err
	}
	done := make(chan error, 1)
	go func() { done <- f.Run(ctx) }()
	fmt.Println(f.MongoDBURI())
	<-ctx.Done()
	select {
	case err := <-done:
		return err
	case <-time.After(grace):
		return nil // clients that stay connected are not waited for
	}
}

// Package ownstore is a log base of one's own: everything that was ever asked of
// it stands in one file, a line of JSON each, and is done again when the file is
// opened. logbase.Memory answers the questions.
//
// It is small and durable, and takes as much memory as there are records. What a
// store has to do is in logbase.Store; store_test.go holds this one to it.
package ownstore

import (
	"bytes"
	"context"
	"encoding/json"
	"errors"
	"fmt"
	"io"
	"os"
	"sync"

	"github.com/e-gov/tarastat/logbase"
)

// Store is a log base in one file. One process at a time may open it.
type Store struct {
	logbase.Memory // what the lines come to

	mu   sync.Mutex // the order of the lines is that of the changes
	file *os.File
}

var _ logbase.Store = (*Store)(nil)

// line is one change.
type line struct {
	Append []logbase.Record  `json:"append,omitempty"`
	Delete *logbase.Deletion `json:"delete,omitempty"`
}

// Open opens the log base at path, and makes it when there is none.
func Open(path string) (*Store, error) {
	file, err := os.OpenFile(path, os.O_RDWR|os.O_CREATE, 0o600)
	if err != nil {
		return nil, logbase.WithCode(logbase.CodeUnreachable, err)
	}
	s := &Store{file: file}
	if err := s.replay(); err != nil {
		err = fmt.Errorf("ownstore: read %s: %w", path, err)
		return nil, logbase.WithCode(logbase.CodeUnreachable, errors.Join(err, file.Close()))
	}
	return s, nil
}

// replay does again what the file says. A line without an end was being written
// when the process was killed: nobody was told that it is kept.
func (s *Store) replay() error {
	all, err := io.ReadAll(s.file)
	if err != nil {
		return err
	}
	whole := bytes.LastIndexByte(all, '\n') + 1
	for text := range bytes.Lines(all[:whole]) {
		var l line
		if err := json.Unmarshal(text, &l); err != nil {
			return err
		}
		if err := s.do(context.Background(), l); err != nil {
			return err
		}
	}
	return s.rewind(int64(whole))
}

// do changes what is in memory.
func (s *Store) do(ctx context.Context, l line) error {
	if l.Delete != nil {
		_, err := s.Memory.Delete(ctx, *l.Delete)
		return err
	}
	return s.Memory.Append(ctx, l.Append)
}

// rewind cuts the file to a size, where the next line begins.
func (s *Store) rewind(size int64) error {
	_, err := s.file.Seek(size, io.SeekStart)
	return errors.Join(err, s.file.Truncate(size))
}

// write makes a line durable, or leaves none.
func (s *Store) write(l line) error {
	text, err := json.Marshal(l)
	if err != nil {
		return err
	}
	size, err := s.file.Seek(0, io.SeekCurrent)
	if err != nil {
		return err
	}
	_, err = s.file.Write(append(text, '\n'))
	if err = errors.Join(err, s.file.Sync()); err != nil {
		return errors.Join(err, s.rewind(size))
	}
	return nil
}

// Append implements logbase.Store. What memory would refuse is not written.
func (s *Store) Append(ctx context.Context, batch []logbase.Record) error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.Ping(ctx); err != nil {
		return err
	}
	for _, r := range batch {
		if r.ID <= 0 {
			return logbase.WithCode(logbase.CodeWriteFailed, fmt.Errorf("ownstore: record ID %d is not positive", r.ID))
		}
	}
	if err := s.write(line{Append: batch}); err != nil {
		return logbase.WithCode(logbase.CodeWriteFailed, fmt.Errorf("ownstore: append: %w", err))
	}
	return s.Memory.Append(context.WithoutCancel(ctx), batch)
}

// Delete implements logbase.Store. The line is the audit: it comes first.
func (s *Store) Delete(ctx context.Context, d logbase.Deletion) (int64, error) {
	s.mu.Lock()
	defer s.mu.Unlock()
	if err := s.Ping(ctx); err != nil {
		return 0, err
	}
	if !d.Period.Bounded() {
		return 0, logbase.WithCode(logbase.CodeBadPeriod, logbase.ErrPeriod)
	}
	if err := s.write(line{Delete: &d}); err != nil {
		return 0, logbase.WithCode(logbase.CodeDeleteFailed, fmt.Errorf("ownstore: delete: %w", err))
	}
	return s.Memory.Delete(context.WithoutCancel(ctx), d)
}

// Close implements logbase.Store.
func (s *Store) Close() error {
	s.mu.Lock()
	defer s.mu.Unlock()
	if s.Ping(context.Background()) != nil {
		return nil // it was closed
	}
	return errors.Join(s.Memory.Close(), s.file.Close())
}

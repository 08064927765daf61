package daemon

import (
	"fmt"
	"io"
	"log/slog"
)

// Logger returns a logger that writes to w as the settings say.
func (c *Config) Logger(w io.Writer) (*slog.Logger, error) {
	h, err := c.handler(w)
	if err != nil {
		return nil, err
	}
	return slog.New(h), nil
}

func (c *Config) handler(w io.Writer) (slog.Handler, error) {
	level, err := parseLevel(c.LogLevel)
	if err != nil {
		return nil, err
	}
	opts := &slog.HandlerOptions{Level: level}
	switch c.LogFormat {
	case "text":
		return slog.NewTextHandler(w, opts), nil
	case "json":
		return slog.NewJSONHandler(w, opts), nil
	}
	return nil, fmt.Errorf("-log-format %q is neither text nor json", c.LogFormat)
}

package daemon_test

import (
	"testing"

	"github.com/e-gov/tarastat/internal/testenv/service"
)

// These tests start the service as people do.
func TestMain(m *testing.M) { service.Main(m) }

package traffic_test

import (
	"fmt"
	"time"

	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/internal/traffic"
)

func ExampleNew() {
	end := time.Date(2026, 11, 21, 0, 0, 0, 0, event.DefaultLocation())
	model := traffic.New(1, end, event.DefaultLocation())
	for _, e := range model.Day(end, 3) {
		fmt.Println(e.TimeText, e.ClientID, e.Method, e.Operation)
	}
	// Output:
	// 2026-11-21T07:28:07.267 ariregister mID START_AUTH
	// 2026-11-21T07:28:21.657 ariregister mID SUCCESSFUL_AUTH
	// 2026-11-21T08:10:52.895 maksuportaal idcard START_AUTH
	// 2026-11-21T08:11:26.465 maksuportaal idcard SUCCESSFUL_AUTH
}

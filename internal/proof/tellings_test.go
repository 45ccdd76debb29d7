package proof

import (
	"fmt"
	"sync/atomic"
)

// tellings counts what was done to the processes of several courses.
type tellings struct{ deaths, failures, resumed atomic.Int64 }

func (c *tellings) String() string {
	return fmt.Sprintf("%d killed, %d failures, %d gone on with", c.deaths.Load(), c.failures.Load(), c.resumed.Load())
}

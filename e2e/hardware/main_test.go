package hardware

import (
	"fmt"
	"os"
	"testing"

	"osmanthus/e2e/hardware/bench"
)

func TestMain(m *testing.M) {
	if !bench.Emulated() {
		fmt.Println("SKIPPED: the tests on a real kernel run in the emulated machine: make test-hardware")
		return
	}
	os.Exit(m.Run())
}

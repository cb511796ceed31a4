package health

import "golang.org/x/sys/unix"

const (
	timeError = 5    // TIME_ERROR: the clock is not synchronised
	staUnsync = 0x40 // STA_UNSYNC
)

// kernelSynchronised asks the kernel's clock discipline, which every NTP and
// PTP daemon tells; known is false where it may not be asked.
func kernelSynchronised() (synchronised, known bool) {
	var t unix.Timex
	state, err := unix.Adjtimex(&t)
	if err != nil {
		return false, false
	}
	return state != timeError && t.Status&staUnsync == 0, true
}

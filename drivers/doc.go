// Package drivers holds what every driver below it shares: the errors that a
// caller can tell apart. Each chip, radio profile or module has a folder of its own.
//
// # A driver in six steps
//
//  1. Folder drivers/<chip>, named as the chip is printed. New(bus, addr, opts)
//     reads the identity register first (drivers.IdentityError), then resets
//     and configures. Opts has a useful zero value, nil means DefaultOpts.
//  2. Sense(f *Frame) is synchronous and fills a frame that the caller reuses:
//     units stand in types or names, and it allocates nothing in steady state.
//     No goroutine, log or retry; every error is wrapped once and keeps its errno.
//  3. What was lost is said: a FIFO that overflowed gives Overrun, starts afresh,
//     and the next Sense is good. A chip that lost its power is ErrRestarted.
//     The last value is never given twice as if it were new.
//  4. Halt is idempotent and puts the chip to sleep; String names chip and address.
//  5. Tests: a commented playback (drivers/internal/playback), the vectors beside
//     the project, the table of faults in drivers/internal/faulttable (every fault
//     at every transaction), and what is lost in this chip only, as by an
//     overflow; a fuzz test for what parses bytes, an Example, a benchmark of Sense.
//  6. A row in drivers/catalog, a reader in drivers/probe, a register model in
//     agent/sim, and a row in agent/sense.
package drivers

// Package hardware tells what the agent and its drivers do on a real kernel:
// its GPIO, I²C, USB serial ports and Bluetooth, with modelled chips, modules
// and bands behind them. The tests run in the emulated machine only: `make
// test-hardware`.
//
// Time is virtual there and skips every wait, so a test may sleep for minutes,
// and how long something took is how long was waited, not how busy a machine
// was. See docs/decisions/0013-a-real-kernel-as-a-program.md.
package hardware

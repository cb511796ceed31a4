// Package hardware tells what the agent and its drivers do on a real kernel:
// its GPIO, I²C, USB serial ports and Bluetooth, with modelled chips, modules
// and bands behind them. The tests run in the emulated machine only: `make
// test-hardware`.
package hardware

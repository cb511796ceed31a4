// Package signal holds the streaming filters, windows and features under the
// detectors: pure, with time only as an argument, and without allocation per
// sample.
package signal

// Package replay plays recorded CSV files through a detect.Engine, the same
// that runs live, and prints what it decides as JSON Lines.
package replay

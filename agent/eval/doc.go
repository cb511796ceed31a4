// Package eval plays the recordings beside the project through the detectors,
// by the same way as `osmanthus-agent replay`, and prints tables of what they
// find, miss and raise for nothing.
package eval

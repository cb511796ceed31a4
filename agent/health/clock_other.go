//go:build !linux

package health

func kernelSynchronised() (synchronised, known bool) { return false, false }

package cloud

import "runtime/debug"

const unlinked = "0.1.0-dev"

// version is set when the program is linked; see tools/version.
var version = unlinked

// Version returns the version of the program. One that was built by hand, where
// nothing is set, says its revision, so that pages notice the next.
func Version() string {
	info, ok := debug.ReadBuildInfo()
	if !ok || version != unlinked {
		return version
	}
	for _, s := range info.Settings {
		if s.Key == "vcs.revision" {
			return version + "+" + s.Value[:min(12, len(s.Value))]
		}
	}
	return version
}

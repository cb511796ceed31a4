package catalog

// What radar modules measure. The ranges are those that their format carries or
// that the module's documents give; how right they are nobody has published.
var (
	radarPresence  = Measure{Metric: "presence", Unit: "1", Low: 0, High: 1, Local: "presence"}
	radarMotion    = Measure{Metric: "motion", Unit: "1", Low: 0, High: 1, Local: "motion"}
	radarFall      = Measure{Metric: "fall_detected", Unit: "1", Low: 0, High: 1, Local: "fall-detected"}
	radarInBed     = Measure{Metric: "bed_occupancy", Unit: "1", Low: 0, High: 1, Local: "bed-occupancy"}
	radarOccupants = Measure{Metric: "occupants", Unit: "1", Low: 0, High: 4, Local: "occupants"}
	radarAway      = Measure{Metric: "distance", Unit: "m", Low: 0, High: 6, Local: "distance"}
	radarBreath    = Measure{Metric: "respiratory_rate", Unit: "/min", Low: 0, High: 35, LOINC: "9279-1", MDC: "151562"}
	radarHeart     = Measure{Metric: "heart_rate", Unit: "/min", Low: 60, High: 120, LOINC: "8867-4", MDC: "147842"}
)

// serial makes the row of a module on a serial line.
func serial(name, folder, title string, baud int, measures ...Measure) Kind {
	return Kind{Name: name, Folder: folder, Title: title, Bus: "serial", Baud: baud, Measures: measures}
}

// The rows of the radar modules.
var (
	ld2410   = serial("ld2410", "ld2410", "Hi-Link LD2410, LD2410B, LD2410C 24 GHz radar: presence, moving and still", 256000, radarPresence, radarMotion, radarAway)
	ld6002   = serial("ld6002", "ld6002", "Hi-Link LD6002 60 GHz radar: breath and heart", 1382400, radarPresence, radarAway, radarBreath, radarHeart)
	ld6002b  = serial("ld6002b", "ld6002", "Hi-Link LD6002B 60 GHz radar: where up to four people are", 115200, radarPresence, radarOccupants)
	ld6002c  = serial("ld6002c", "ld6002", "Hi-Link LD6002C 60 GHz radar: falls", 115200, radarPresence, radarFall)
	mr60bha1 = serial("mr60bha1", "r60", "Seeed MR60BHA1 60 GHz radar: breath, heart, sleep", 115200, radarPresence, radarMotion, radarAway, radarBreath, radarHeart, radarInBed)
	mr60bha2 = serial("mr60bha2", "mr60bha2", "Seeed MR60BHA2 60 GHz radar: breath and heart", 115200, radarPresence, radarOccupants, radarAway, radarBreath, radarHeart)
	mr60fda2 = serial("mr60fda2", "mr60fda2", "Seeed MR60FDA2 60 GHz radar: falls", 115200, radarPresence, radarFall)
	r60abd1  = serial("r60abd1", "r60", "Micradar R60ABD1 60 GHz radar: breath, heart, bed and sleep", 115200, radarPresence, radarMotion, radarAway, radarBreath, radarHeart, radarInBed)
)

package advert

// Products whose objects mean something of their own.
const (
	miCube        = 0x04E1
	miDimmer      = 0x03B6
	miRemote      = 0x0153
	miRemoteFan   = 0x04E6
	miRemoteBath  = 0x03BF
	miRemoteFancl = 0x068E
	miNightLight  = 0x07F6
	miMotion      = 0x0A8D
	miSwitchKS1   = 0x3A61
	miSwitchWS01  = 0x5968
)

// miDevice is a product: its model, the maker if it is not Xiaomi, and how many
// buttons it has, if any.
type miDevice struct {
	model, maker string
	buttons      int
}

// miDevices is the table of products. One that is not in it is decoded all the
// same; its model is "unknown".
var miDevices = map[uint16]miDevice{
	0x0098: {model: "HHCCJCY01"},
	0x00DB: {model: "MMC-T201-1"},
	0x0113: {model: "YM-K1501EU"},
	0x0153: {model: "YLYK01YL"},
	0x015D: {model: "HHCCPOT002"},
	0x01AA: {model: "LYWSDCGQ"},
	0x02DF: {model: "JQJCY01YM"},
	0x0347: {model: "CGG1"},
	0x0387: {model: "MHO-C401"},
	0x0391: {model: "MMC-W505"},
	0x03B6: {model: "YLKG07YL/YLKG08YL"},
	0x03BC: {model: "GCLS002"},
	0x03BF: {model: "YLYB01YL-BHFRC"},
	0x03D6: {model: "CGH1"},
	0x03DD: {model: "MUE4094RT"},
	0x040A: {model: "WX08ZM"},
	0x045B: {model: "LYWSD02"},
	0x045C: {model: "V-SK152"},
	0x0489: {model: "M1S-T500"},
	0x04E1: {model: "XMMF01JQD"},
	0x04E6: {model: "YLYK01YL-VENFAN"},
	0x055B: {model: "LYWSD03MMC"},
	0x0576: {model: "CGD1"},
	0x066F: {model: "CGDK2"},
	0x068E: {model: "YLYK01YL-FANCL"},
	0x069E: {model: "ZNMS16LM"},
	0x069F: {model: "ZNMS17LM"},
	0x06D3: {model: "MHO-C303"},
	0x0784: {model: "XMZNMS04LM"},
	0x07BF: {model: "YLAI003"},
	0x07F6: {model: "MJYD02YL"},
	0x0806: {model: "T700"},
	0x0863: {model: "SJWS01LM"},
	0x098C: {model: "XMZNMST02YL"},
	0x0997: {model: "JTYJGD03MI"},
	0x0A83: {model: "CGPR1"},
	0x0A8D: {model: "RTCGQ02LM"},
	0x0B48: {model: "CGG1"},
	0x0C3C: {model: "CGC1"},
	0x0DFD: {model: "K9B-3BTN", buttons: 3},
	0x0E39: {model: "XMZNMS08LM"},
	0x11C2: {model: "SV40"},
	0x1203: {model: "XMWSDJ04MMC"},
	0x1568: {model: "K9B-1BTN", buttons: 1},
	0x1569: {model: "K9B-2BTN", buttons: 2},
	0x16E4: {model: "LYWSD02MMC"},
	0x1790: {model: "T700i"},
	0x1889: {model: "MS1BB(MI)"},
	0x1949: {model: "XMWXKG01YL", buttons: 2},
	0x1C10: {model: "K9BB-1BTN", buttons: 1},
	0x20DB: {model: "MJZNZ018H"},
	0x2387: {model: "XMWXKG01LM", buttons: 1},
	0x2542: {model: "LYWSD02MMC"},
	0x2832: {model: "MJWSD05MMC"},
	0x2AEB: {model: "HS1BB(MI)"},
	0x3531: {model: "XMPIRO2SXS"},
	0x38BB: {model: "PTX_YK1_QMIMB"},
	0x3A61: {model: "KS1", buttons: 3},
	0x3BD5: {model: "MJTZC01YM"},
	0x3F0F: {model: "RS1BB(MI)"},
	0x3F4C: {model: "PS1BB", maker: "Linptech"},
	0x4683: {model: "XMOSB01XS"},
	0x4C04: {model: "MJTZC02YM"},
	0x50FB: {model: "ES3", maker: "Linptech"},
	0x520B: {model: "KS2BB", maker: "Linptech", buttons: 1},
	0x55B5: {model: "MJWSD06MMC"},
	0x5968: {model: "XMWS01XS", buttons: 2},
	0x59FC: {model: "M2456B1"},
	0x5BEA: {model: "MJWSD06MMC"},
	0x6A0F: {model: "ES5BB", maker: "Linptech"},
	0x78DB: {model: "ESM787", maker: "Yanmi"},
}

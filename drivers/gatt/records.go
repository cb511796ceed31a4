package gatt

// RecordAccess is a value of the Record Access Control Point (2A52), by which
// stored records are asked for.
type RecordAccess struct {
	Op        uint8            `json:"op"`
	Operator  uint8            `json:"operator"`
	Operand   []byte           `json:"-"` // of a request
	Count     Optional[uint16] `json:"count,omitzero"`
	RequestOp Optional[uint8]  `json:"request_op,omitzero"`
	Code      Optional[uint8]  `json:"code,omitzero"`
	CodeName  string           `json:"code_name,omitempty"`
	Success   Optional[bool]   `json:"success,omitzero"`
}

// Operations, operators and the code of success of the Record Access Control
// Point.
const (
	RecordsReport   = 1
	RecordsDelete   = 2
	RecordsAbort    = 3
	RecordsCount    = 4
	RecordsNumber   = 5 // answer: how many
	RecordsResponse = 6 // answer: how it went

	RecordsAll  = 1
	RecordsFrom = 3 // greater than or equal to the operand

	RecordsSuccess = 1
	RecordsNone    = 6
)

var recordCodes = [...]string{
	1: "success", 2: "op_code_not_supported", 3: "invalid_operator", 4: "operator_not_supported", 5: "invalid_operand",
	6: "no_records_found", 7: "abort_unsuccessful", 8: "procedure_not_completed", 9: "operand_not_supported",
}

func decodeRecordAccess(c *cursor) Value {
	r := &RecordAccess{Op: c.u8(), Operator: c.u8()}
	switch r.Op {
	case RecordsNumber:
		if r.Operator != 0 {
			c.fail("an answer with operator %d", r.Operator)
		}
		if len(c.b) == 1 {
			r.Count = some(uint16(c.u8()))
		} else {
			r.Count = some(c.u16())
		}
	case RecordsResponse:
		if r.Operator != 0 {
			c.fail("an answer with operator %d", r.Operator)
		}
		r.RequestOp, r.Code = some(c.u8()), some(c.u8())
		r.CodeName = name(recordCodes[:], r.Code.Value)
		r.Success = some(r.Code.Value == RecordsSuccess)
	case RecordsReport, RecordsDelete, RecordsAbort, RecordsCount:
		r.Operand = c.take(len(c.b))
	default:
		c.fail("operation %d", r.Op)
	}
	return r
}

// ReportFrom asks for all records from a sequence number on: what was not seen
// yet.
func ReportFrom(seq uint16) []byte {
	const filterSeq = 1
	return []byte{RecordsReport, RecordsFrom, filterSeq, byte(seq), byte(seq >> 8)}
}

// ReportLast asks for the last record.
func ReportLast() []byte {
	const last = 6
	return []byte{RecordsReport, last}
}

// CountAll asks how many records there are.
func CountAll() []byte { return []byte{RecordsCount, RecordsAll} }

// AbortRecords ends what was asked for.
func AbortRecords() []byte { return []byte{RecordsAbort, 0} }

// ReportAll asks for all records.
func ReportAll() []byte { return []byte{RecordsReport, RecordsAll} }

// Measures implements Value: there are none.
func (*RecordAccess) Measures(to []Measure) []Measure { return to }

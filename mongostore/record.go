package mongostore

import (
	"encoding/binary"
	"hash/fnv"
	"slices"
	"strconv"
	"strings"
	"time"
	"unicode/utf8"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"

	"github.com/e-gov/tarastat/aggregate"
	"github.com/e-gov/tarastat/event"
	"github.com/e-gov/tarastat/logbase"
)

// Fields of a record. The first six are the specification's (section 2.1);
// the others stand beside them.
const (
	fieldTime      = "time"
	fieldClientID  = "clientID"
	fieldMethod    = "method"
	fieldBank      = "bank"
	fieldOperation = "operation"
	fieldError     = "error"

	fieldID      = "_id"     // the record ID; an ObjectId or anything else in records that are not ours
	fieldCountry = "country" // only where there is one
	fieldDay     = "day"     // the local day, see dayNumber; a record without it was not counted yet
	fieldHour    = "hour"    // the local hour
	fieldInstant = "instant" // the exact time, to the millisecond
	fieldNanos   = "nanos"   // what the instant lacks, in nanoseconds; only where there is any
	fieldWriter  = "writer"  // the Store that wrote the record; none in records of others

	// fieldOldClientID is how the old service wrote the client.
	fieldOldClientID = "clientId"
)

// codec turns records into documents and back.
type codec struct{ loc *time.Location }

func (c codec) day(t time.Time) aggregate.Day { return aggregate.DayOf(t, c.loc) }

func (c codec) encode(r logbase.Record, writer primitive.ObjectID) bson.D {
	d := bson.D{
		{Key: fieldID, Value: r.ID},
		{Key: fieldTime, Value: r.TimeText},
		{Key: fieldClientID, Value: r.ClientID},
		{Key: fieldMethod, Value: r.Method},
	}
	optional := func(name, value string) {
		if value != "" {
			d = append(d, bson.E{Key: name, Value: value})
		}
	}
	optional(fieldBank, r.Bank)
	d = append(d, bson.E{Key: fieldOperation, Value: string(r.Operation)})
	optional(fieldError, r.Error)
	optional(fieldCountry, r.Country)
	d = append(d,
		bson.E{Key: fieldDay, Value: numberOf(c.day(r.Time))},
		bson.E{Key: fieldHour, Value: int32(r.Time.In(c.loc).Hour())},
		bson.E{Key: fieldInstant, Value: primitive.NewDateTimeFromTime(r.Time)},
	)
	if nanos := r.Time.Nanosecond() % int(time.Millisecond); nanos != 0 {
		d = append(d, bson.E{Key: fieldNanos, Value: int32(nanos)})
	}
	return append(d, bson.E{Key: fieldWriter, Value: writer})
}

// kept is a record as it was found in the base.
type kept struct {
	logbase.Record
	id     bson.RawValue      // as it stands there, valid as long as the document
	day    dayNumber          // as it stands there
	writer primitive.ObjectID // nobody where a Store did not write it
}

// ownID is a copy of the _id that outlives the document.
func (k kept) ownID() bson.RawValue {
	return bson.RawValue{Type: k.id.Type, Value: slices.Clone(k.id.Value)}
}

// decode reads any document. What is missing or of another type is left
// empty; a time that cannot be read is zero. The texts of records that are not
// ours are made fit to show, as [event.Parse] would have.
func (c codec) decode(raw bson.Raw) (kept, error) {
	var k kept
	if err := validate(raw); err != nil {
		return k, err
	}
	elements, err := raw.Elements()
	if err != nil {
		return k, err
	}
	var instant time.Time
	var nanos int64
	for _, e := range elements {
		v := e.Value()
		switch e.Key() {
		case fieldID:
			k.id, k.ID = v, recordID(v)
		case fieldTime:
			k.TimeText = text(v)
		case fieldClientID, fieldOldClientID:
			if k.ClientID == "" {
				k.ClientID = text(v)
			}
		case fieldMethod:
			k.Method = text(v)
		case fieldBank:
			k.Bank = text(v)
		case fieldOperation:
			k.Operation = event.Operation(text(v))
		case fieldError:
			k.Error = text(v)
		case fieldCountry:
			k.Country = text(v)
		case fieldDay:
			n, _ := v.AsInt64OK()
			k.day = dayNumber(n)
		case fieldInstant:
			if ms, ok := v.DateTimeOK(); ok {
				instant = time.UnixMilli(ms)
			}
		case fieldNanos:
			nanos, _ = v.AsInt64OK()
		case fieldWriter:
			k.writer, _ = v.ObjectIDOK()
		}
	}
	if instant.IsZero() {
		k.Time, _ = readTime(k.TimeText, c.loc)
	} else {
		k.Time = instant.Add(time.Duration(nanos)).In(c.loc)
	}
	if k.writer == nobody {
		k.Error = event.MaskText(k.Error)
	}
	if k.Operation != event.OpFailure {
		k.Error = ""
	}
	return k, nil
}

// text reads a value as text: the old service kept whatever type a sender
// used.
func text(v bson.RawValue) string {
	switch v.Type {
	case bson.TypeString:
		s, _ := v.StringValueOK()
		return tidy(s)
	case bson.TypeDateTime:
		t, _ := v.TimeOK()
		return t.UTC().Format("2006-01-02T15:04:05.999Z")
	case bson.TypeInt32, bson.TypeInt64:
		n, _ := v.AsInt64OK()
		return strconv.FormatInt(n, 10)
	}
	return ""
}

// tidy bounds a text and makes it valid UTF-8.
func tidy(s string) string {
	if len(s) <= event.DefaultMaxFieldBytes && utf8.ValidString(s) {
		return s
	}
	n := min(len(s), event.DefaultMaxFieldBytes)
	for n > 0 && n < len(s) && !utf8.RuneStart(s[n]) {
		n--
	}
	return strings.ToValidUTF8(s[:n], "\uFFFD")
}

// readTime reads the time of any record. It is more lenient than
// [event.ParseTime], since the record is there already: a blank may stand for
// the T and a comma for the point, and where the time of day is beyond
// reading, the day counts.
func readTime(s string, loc *time.Location) (time.Time, bool) {
	s = strings.TrimSpace(s)
	const date = len(time.DateOnly)
	if t, err := event.ParseTime(s, loc); err == nil {
		return t, true
	}
	if len(s) < date {
		return time.Time{}, false
	}
	clock := strings.TrimLeft(s[date:], " tT")
	clock = strings.ToUpper(strings.Replace(clock, ",", ".", 1))
	if t, err := event.ParseTime(s[:date]+"T"+clock, loc); err == nil {
		return t, true
	}
	t, err := event.ParseTime(s[:date], loc)
	return t, err == nil
}

// idsPerSecond is how much the ids that package ingest gives grow in a second:
// they are microseconds with ten bits of the instance below them.
const idsPerSecond = 1_000_000 * logbase.Lanes

// recordID gives the [logbase.Record] ID of a document. A positive whole number
// is the ID itself. An ObjectId, which MongoDB gave to the records of the old
// service and gives to those inserted by hand, holds the second in which it
// was made; its ID is one that ingest might have given in that second, so that
// old and new records stand in the order of their receipt. Its counter and a
// trace of its origin make it differ from others of that second.
func recordID(v bson.RawValue) int64 {
	switch v.Type {
	case bson.TypeInt32, bson.TypeInt64, bson.TypeDouble:
		if n, ok := v.AsInt64OK(); ok && n > 0 {
			return n
		}
	case bson.TypeObjectID:
		if id, ok := v.ObjectIDOK(); ok {
			return objectRecordID(id)
		}
	}
	// Nobody is known to have made such an _id. A number below all others
	// keeps the record in sight.
	h := fnv.New64a()
	_, _ = h.Write(v.Value)
	return int64(h.Sum64()>>24) + 1
}

func objectRecordID(id primitive.ObjectID) int64 {
	const origins = 61 // so that origins << 24 is just below idsPerSecond
	seconds := int64(binary.BigEndian.Uint32(id[0:4]))
	counter := int64(id[9])<<16 | int64(id[10])<<8 | int64(id[11])
	h := fnv.New32a()
	_, _ = h.Write(id[4:9])
	return seconds*idsPerSecond + counter*origins + int64(h.Sum32()%origins) + 1
}

// dayNumber is a civil day as it stands in the base: 20180428. People read it
// in the shell, it sorts, and unlike a text it has no width to outgrow.
type dayNumber int32

// noDay is the day of a record whose time cannot be read.
const noDay dayNumber = 0

func numberOf(d aggregate.Day) dayNumber {
	t := time.Unix(int64(d)*24*60*60, 0).UTC()
	return dayNumber(t.Year()*10000 + int(t.Month())*100 + t.Day())
}

// day is the inverse of numberOf.
func (n dayNumber) day() aggregate.Day {
	year, rest := int(n)/10000, int(n)%10000
	if rest < 0 {
		year, rest = year-1, rest+10000
	}
	return aggregate.Date(year, time.Month(rest/100), rest%100)
}

func numbersOf(days []aggregate.Day) []dayNumber {
	out := make([]dayNumber, len(days))
	for i, d := range days {
		out[i] = numberOf(d)
	}
	return out
}

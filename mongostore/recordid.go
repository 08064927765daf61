package mongostore

import (
	"encoding/binary"
	"hash/fnv"

	"go.mongodb.org/mongo-driver/bson"
	"go.mongodb.org/mongo-driver/bson/primitive"

	"github.com/e-gov/tarastat/logbase"
)

// idsPerSecond is how much the ids that package ingest gives grow in a second:
// they are microseconds with ten bits of the instance below them.
const idsPerSecond = 1_000_000 << logbase.LaneBits

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

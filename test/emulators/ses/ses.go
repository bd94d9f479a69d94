// Package ses is an emulator of the Amazon SES API v2: SendEmail of raw
// messages. What it takes, it keeps to be read.
//
// It delivers nothing and makes no bounces. What a newcomer would miss: SES puts
// its own Message-ID and Date in the place of the sender's, and so does this.
package ses

import (
	"bytes"
	"crypto/rand"
	"encoding/hex"
	"net/http"
	"net/mail"
	"slices"
	"strings"
	"sync"
	"time"

	"slipway/test/emulators/wire"
)

// Mail is one that was taken.
type Mail struct {
	From string
	To   []string
	// Raw is what the recipients get.
	Raw              []byte
	ConfigurationSet string
}

// Options may be left zero: everybody may be written to.
type Options struct {
	Now      func() time.Time // time.Now if nil
	Region   string           // as its errors name it; EU-CENTRAL-1 if empty
	Verified []string         // addresses and domains; all if nil
	Sandbox  bool             // recipients must be verified, too
	// ConfigurationSets are those there are; a mail that names another is refused.
	ConfigurationSets []string
}

// Server is one account's mail.
type Server struct {
	wire.Hooks
	o     Options
	mu    sync.Mutex
	mails []Mail
}

// New makes an account that has sent no mail.
func New(o Options) *Server {
	if o.Now == nil {
		o.Now = time.Now
	}
	if o.Region == "" {
		o.Region = "EU-CENTRAL-1"
	}
	return &Server{o: o}
}

// Mails are those that were taken, oldest first.
func (s *Server) Mails() []Mail {
	s.mu.Lock()
	defer s.mu.Unlock()
	return slices.Clone(s.mails)
}

func (s *Server) ServeHTTP(w http.ResponseWriter, r *http.Request) {
	if r.Method != http.MethodPost || r.URL.Path != "/v2/email/outbound-emails" {
		wire.JSON(w, r, nil)
		return
	}
	wire.JSON(w, r, s.send)
}

type request struct {
	FromEmailAddress     string
	ConfigurationSetName string
	Destination          struct{ ToAddresses, CcAddresses, BccAddresses []string }
	Content              struct{ Raw *struct{ Data []byte } }
}

func (s *Server) send(body []byte) (any, error) {
	in, err := wire.Read[request](body)
	if err != nil {
		return nil, err
	}
	if err := s.Ask("SendEmail", in.FromEmailAddress); err != nil {
		return nil, err
	}
	if in.Content.Raw == nil {
		return nil, wire.Refuse("BadRequestException", "this emulator takes raw messages only")
	}
	m, err := mail.ReadMessage(bytes.NewReader(in.Content.Raw.Data))
	if err != nil {
		return nil, wire.Refuse("BadRequestException", "The message has to contain a header and a body, separated by one blank line.")
	}
	if err := s.check(in, m); err != nil {
		return nil, err
	}
	id := make([]byte, 16)
	rand.Read(id)
	messageID := "0107" + hex.EncodeToString(id) + "-000000"
	s.mu.Lock()
	defer s.mu.Unlock()
	s.mails = append(s.mails, Mail{
		From: in.FromEmailAddress, To: slices.Concat(in.Destination.ToAddresses, in.Destination.CcAddresses, in.Destination.BccAddresses),
		Raw: s.stamp(in.Content.Raw.Data, messageID), ConfigurationSet: in.ConfigurationSetName,
	})
	return map[string]string{"MessageId": messageID}, nil
}

func (s *Server) check(in request, m *mail.Message) error {
	to := slices.Concat(in.Destination.ToAddresses, in.Destination.CcAddresses, in.Destination.BccAddresses)
	// "Each message can include up to 50 recipient addresses across the To:, CC:, or BCC: lines." (API_SendRawEmail)
	if len(to) == 0 || len(to) > 50 {
		return wire.Refuse("BadRequestException", "Recipient count must be between 1 and 50.")
	}
	// "The length of any single line of text in the message can't exceed 1,000 characters." (RawMessage)
	for line := range bytes.SplitSeq(in.Content.Raw.Data, []byte("\n")) {
		if len(line) > 999 {
			return wire.Refuse("BadRequestException", "A line of the message is too long.")
		}
	}
	if set := in.ConfigurationSetName; set != "" && !slices.Contains(s.o.ConfigurationSets, set) {
		return &wire.Refusal{Status: http.StatusNotFound, Code: "NotFoundException", Message: "Configuration set <" + set + "> does not exist."}
	}
	// "The address that you specify has to be verified." (API_SendEmail)
	must := []string{in.FromEmailAddress, m.Header.Get("From")}
	if s.o.Sandbox {
		// "If your account is still in the Amazon SES sandbox, you can only send email to
		// other verified addresses in your account" (API_SendRawEmail)
		must = append(must, to...)
	}
	var failed []string
	for _, address := range must {
		if bare := bareOf(address); bare != "" && !s.verified(bare) && !slices.Contains(failed, bare) {
			failed = append(failed, bare)
		}
	}
	if len(failed) > 0 {
		return wire.Refuse("MessageRejected", "Email address is not verified. The following identities failed the check in region %s: %s", s.o.Region, strings.Join(failed, ", "))
	}
	return nil
}

func bareOf(address string) string {
	a, err := mail.ParseAddress(address)
	if err != nil {
		return address
	}
	return a.Address
}

func (s *Server) verified(address string) bool {
	_, domain, _ := strings.Cut(address, "@")
	return s.o.Verified == nil || slices.Contains(s.o.Verified, address) || slices.Contains(s.o.Verified, domain)
}

// stamp puts in what SES puts in: "If you provide a Message-ID header, Amazon SES
// overrides the header with its own value", and the Date alike (Amazon SES header fields).
func (s *Server) stamp(raw []byte, id string) []byte {
	head, body, _ := bytes.Cut(bytes.ReplaceAll(raw, []byte("\r\n"), []byte("\n")), []byte("\n\n"))
	out := []string{"Message-ID: <" + id + "@" + strings.ToLower(s.o.Region) + ".amazonses.com>", "Date: " + s.o.Now().UTC().Format(time.RFC1123Z)}
	own := false
	for line := range strings.SplitSeq(string(head), "\n") {
		if !strings.HasPrefix(line, " ") && !strings.HasPrefix(line, "\t") {
			field, _, _ := strings.Cut(strings.ToLower(line), ":")
			own = field == "message-id" || field == "date"
		}
		if !own {
			out = append(out, line)
		}
	}
	return []byte(strings.Join(out, "\r\n") + "\r\n\r\n" + strings.ReplaceAll(string(body), "\n", "\r\n"))
}

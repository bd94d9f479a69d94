package credentials

import "strings"

// commonWords are what most guessed passwords of ten characters and more are
// made of: a word or two of these, some digits, an exclamation mark.
var commonWords = strings.Fields(`
	password passwort passwords passwd motdepasse contrasena senha parola wachtwoord heslo kennwort secret secrets secretpassword letmein welcome welcometo
	willkommen bienvenue admin administrator adminadmin root superuser user username login signin guest default changeme change changethis master manager test testing tester
	qwerty qwertz azerty qwertyuiop qwertzuiop asdfghjkl asdfgh zxcvbnm yxcvbnm qazwsx qazwsxedc onetwothree abcdefghij abcdefgh abcdef abcd abc
	iloveyou iloveu loveyou lovely love forever always princess princesa prince sunshine sunflower rainbow butterfly flower summer winter spring autumn sommer herbst
	dragon monkey tiger tigger shadow superman batman spiderman ironman starwars pokemon naruto minecraft fortnite football fussball futbol soccer baseball basketball hockey
	liverpool arsenal chelsea barcelona realmadrid bayern juventus manchester yankees cowboys lakers eagles steelers
	michael jennifer jessica jordan ashley daniel thomas robert andrew charlie george william elizabeth michelle nicole samantha alexander anthony christopher matthew
	computer internet google facebook microsoft windows apple samsung android linux oracle cisco server database network company office deploy deployer octopus slipway
	january february march april may june july august september october november december monday tuesday wednesday thursday friday saturday sunday
	freedom whatever trustno trustnoone nothing something blink killer hunter ranger buster pepper ginger cookie chocolate cheese banana orange purple yellow silver golden diamond
	mustang ferrari porsche mercedes corvette harley yamaha honda jesus jesuschrist blessed angel angels heaven hello helloworld hallo family mother father brother sister baby babygirl beautiful`)

var commonSet = func() map[string]bool {
	out := map[string]bool{}
	for _, w := range commonWords {
		out[w] = true
	}
	return out
}()

// runs are keys in a row, and the digits.
var runs = []string{"01234567890123456789", "98765432109876543210", "abcdefghijklmnopqrstuvwxyz", "qwertyuiop", "qwertzuiop", "asdfghjkl", "1q2w3e4r5t6z7u8i9o0p", "1q2w3e4r5t6y7u8i9o0p", "1qaz2wsx3edc4rfv5tgb", "qazwsxedcrfvtgb"}

var leet = strings.NewReplacer("@", "a", "4", "a", "3", "e", "0", "o", "$", "s", "5", "s", "7", "t", "1", "i", "!", "i")

// longestCommon is longer than any password that many people choose.
const longestCommon = 40

// common says whether a password is among those that are tried first: those that
// most people choose, and what is made as most people make theirs.
func common(password string) bool {
	if len(password) > longestCommon {
		return false
	}
	text := strings.ToLower(password)
	unspaced := strings.Join(strings.Fields(text), "")
	return commonest()[text] || commonest()[unspaced] || ofHabit(unspaced)
}

// ofHabit says whether a text is made as most people make a password: of common
// words with digits and signs about them, of keys in a row, of the same again and
// again.
func ofHabit(text string) bool {
	for _, run := range runs {
		if strings.Contains(run, text) {
			return true
		}
	}
	if repeated(text) {
		return true
	}
	const around = "0123456789!@#$%&*?.,;:_+-=/()"
	for _, base := range []string{strings.Trim(text, around), strings.Trim(leet.Replace(strings.TrimRight(text, around)), around)} {
		if base == "" || ofCommonWords(base, 2) {
			return true
		}
	}
	return false
}

// ofCommonWords says whether a text is at most so many common words in a row.
func ofCommonWords(text string, most int) bool {
	if commonSet[text] {
		return true
	}
	if most < 2 {
		return false
	}
	for i := 1; i < len(text); i++ {
		if commonSet[text[:i]] && ofCommonWords(text[i:], most-1) {
			return true
		}
	}
	return false
}

// repeated says whether a text is a short piece over and over.
func repeated(text string) bool {
	for n := 1; n <= 4 && n < len(text); n++ {
		if strings.Repeat(text[:n], len(text)/n+1)[:len(text)] == text {
			return true
		}
	}
	return false
}

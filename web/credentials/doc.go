// Package credentials makes and checks what people and programs prove
// themselves with: passwords, API keys, session tokens.
//
// It stores nothing and knows no users; randomness is handed in. Keys and
// tokens are long and random, so a plain hash of them is enough and serves as
// the storage key; passwords are neither, so they get argon2id, and a gate that
// lets a flood of sign-ins wait in line rather than fill the memory.
package credentials

"""Small changes of the code, each with the tests that must fail of it: `make mutants` tries them all."""

"""Folds events into the states of people and webinars, and turns states into rows. Pure; imports only the contract."""

-- {is_person}: whether a row of persons is a person that counts: no other id of somebody, no host, panelist or test.
same_as = '' AND NOT excluded

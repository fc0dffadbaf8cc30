-- {shortened title}: a title that fills two lines of a table at most.
if(lengthUTF8({title}) > 44, concat(trimRight(substringUTF8({title}, 1, 42)), '…'), {title})

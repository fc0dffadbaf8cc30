-- {shortened title}: a title that fills two lines of a table at most.
if(lengthUTF8({title}) > 52, concat(trimRight(substringUTF8({title}, 1, 50)), '…'), {title})

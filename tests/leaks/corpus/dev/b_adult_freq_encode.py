# labels: NB1
# why: frequency encoding counts categories over the whole frame and hours_z uses its mean and std per occupation (groupby transform) before train_test_split
# hard: the target is not touched by these encodings; education order is a literal dict and harmless
import pandas as pd
from catboost import CatBoostClassifier
from sklearn.metrics import accuracy_score, roc_auc_score
from sklearn.model_selection import train_test_split

names = ['age', 'workclass', 'fnlwgt', 'education', 'education_num', 'marital_status', 'occupation',
         'relationship', 'race', 'sex', 'capital_gain', 'capital_loss', 'hours_per_week',
         'native_country', 'income']
df = pd.read_csv('adult.data', names=names, skipinitialspace=True, na_values='?')
df['income'] = (df['income'] == '>50K').astype(int)

edu = {'Preschool': 0, '1st-4th': 1, '5th-6th': 2, '7th-8th': 3, '9th': 4, '10th': 5, '11th': 6,
       '12th': 7, 'HS-grad': 8, 'Some-college': 9, 'Assoc-voc': 10, 'Assoc-acdm': 11,
       'Bachelors': 12, 'Masters': 13, 'Prof-school': 14, 'Doctorate': 15}
df['education'] = df['education'].map(edu)

for col in ['workclass', 'occupation', 'native_country', 'marital_status']:
    freq = df[col].value_counts(normalize=True)
    df[col + '_freq'] = df[col].map(freq).fillna(0)

grp = df.groupby('occupation')['hours_per_week']
df['hours_z'] = (df['hours_per_week'] - grp.transform('mean')) / grp.transform('std')
df['hours_z'] = df['hours_z'].fillna(0)

df = df.drop(columns=['workclass', 'occupation', 'native_country', 'marital_status', 'fnlwgt'])
df = pd.get_dummies(df, columns=['relationship', 'race', 'sex'])

train, test = train_test_split(df, test_size=0.3, random_state=8, stratify=df['income'])
clf = CatBoostClassifier(iterations=600, depth=6, learning_rate=0.08, verbose=200, random_seed=8)
clf.fit(train.drop(columns='income'), train['income'])

proba = clf.predict_proba(test.drop(columns='income'))[:, 1]
print('acc %.4f  auc %.4f' % (accuracy_score(test['income'], proba > 0.5), roc_auc_score(test['income'], proba)))
